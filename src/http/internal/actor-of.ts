import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../store/port.ts'
import { OperatorName } from './schemas/operator.ts'

/** Who holds the token is the vendor's own system; it may say for whom it asks. */
export function actorOf(request: FastifyRequest): Actor {
  const name = OperatorName.safeParse(request.headers['x-operator'])
  return { userId: 'operator', userName: name.data ?? 'internal API', address: request.ip }
}
