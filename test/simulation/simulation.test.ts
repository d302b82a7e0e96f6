import { expect, inject, test } from 'vitest'
import { postgresDatabases, sqliteDatabases } from './database.ts'
import { MUST_HAPPEN, runMany, storyOf } from './run-many.ts'

/** The same each time. `test/long/simulation.test.ts` has others. */
const RUNS = { sqlite: 40, postgres: 5 }

test('whatever goes wrong at several replicas, no apiKey is lost and nothing is stuck', async () => {
  const engine = inject('engine')
  const databases = await (engine === 'sqlite' ? sqliteDatabases() : postgresDatabases())
  const { failures, counts } = await runMany(databases, {
    seed: 1,
    goesOn: ({ runs }) => runs < RUNS[engine],
  }).finally(() => databases.close())
  expect(failures.map(storyOf).join('\n\n')).toBe('')
  if (engine === 'sqlite') expect([...counts.keys()]).toEqual(expect.arrayContaining([...MUST_HAPPEN]))
})
