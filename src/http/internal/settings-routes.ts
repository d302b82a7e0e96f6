import type { FastifyInstance } from 'fastify'
import type { InternalDeps } from './deps.ts'
import type { FingerprintsAnswer } from './schemas/fingerprints.ts'

/** With which settings the service was started, to be compared by who has them. No value is in it. */
export function settingsRoutes(app: FastifyInstance, { fingerprints }: Pick<InternalDeps, 'fingerprints'>) {
  app.get('/v1/settings/fingerprints', () => ({ items: fingerprints() }) satisfies FingerprintsAnswer)
}
