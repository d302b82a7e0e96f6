import { expect, inject, test } from 'vitest'
import { postgresDatabases, sqliteDatabases } from './database.ts'
import { MUST_HAPPEN, runMany, storyOf } from './run-many.ts'
import { simulate } from './simulate.ts'

/** The same each time. `test/long/simulation.test.ts` has others. */
const RUNS = { sqlite: 50, postgres: 5 }

const engine = inject('engine')

const databases = () => (engine === 'sqlite' ? sqliteDatabases() : postgresDatabases())

test('whatever goes wrong at several replicas, no apiKey is lost and nothing is stuck', async () => {
  const made = await databases()
  const goesOn = ({ runs }: { runs: number }) => runs < RUNS[engine]
  const { failures, counts } = await runMany(made, { seed: 1, goesOn }).finally(() => made.close())
  expect(failures.map(storyOf).join('\n\n')).toBe('')
  if (engine === 'sqlite') expect([...counts.keys()]).toEqual(expect.arrayContaining([...MUST_HAPPEN]))
})

test('a seed tells one story, whatever the engine', async () => {
  const [one, other] = [await sqliteDatabases(), await databases()]
  for (const seed of [1, 2, 3]) {
    const [first, again] = [await simulate(seed, await one.next()), await simulate(seed, await other.next())]
    expect(again).toEqual(first)
  }
  await Promise.all([one.close(), other.close()])
})
