import { expect, inject, test } from 'vitest'
import { ALL_CHANGES, NO_CHANGES } from './conditions.ts'
import { postgresDatabases, sqliteDatabases } from './database.ts'
import { MUST_CHANGE, MUST_HAPPEN, runMany, storyOf } from './run-many.ts'
import { simulate } from './simulate.ts'
import { eachOfFirst } from '../support/long.ts'

/** The same each time. `test/long/simulation.test.ts` has others. */
const RUNS = { sqlite: 15, postgres: 3 }
const RUNS_WITH_CHANGES = { sqlite: 10, postgres: 2 }

const engine = inject('engine')

const databases = () => (engine === 'sqlite' ? sqliteDatabases() : postgresDatabases())

test('whatever goes wrong at several replicas, no apiKey is lost and nothing is stuck', async () => {
  const made = await databases()
  const goesOn = ({ runs }: { runs: number }) => runs < RUNS[engine]
  const { failures, counts } = await runMany(made, { seed: 73, goesOn }).finally(() => made.close())
  expect(failures.map(storyOf).join('\n\n')).toBe('')
  if (engine === 'sqlite') expect([...counts.keys()]).toEqual(expect.arrayContaining([...MUST_HAPPEN]))
})

test('nor is it where the encryption key is rotated and a later release migrates meanwhile', async () => {
  const made = await databases()
  const goesOn = ({ runs }: { runs: number }) => runs < RUNS_WITH_CHANGES[engine]
  const many = { seed: 13, changes: ALL_CHANGES, goesOn }
  const { failures, counts } = await runMany(made, many).finally(() => made.close())
  expect(failures.map(storyOf).join('\n\n')).toBe('')
  if (engine === 'sqlite') expect([...counts.keys()]).toEqual(expect.arrayContaining([...MUST_CHANGE]))
})

eachOfFirst(1)([ALL_CHANGES, NO_CHANGES])(
  'a seed tells one story, whatever the engine: %o',
  async (changes) => {
    const [one, other] = [await sqliteDatabases(), await databases()]
    for (const seed of [1, 2]) {
      const [first, again] = [
        await simulate(seed, await one.next(), { changes }),
        await simulate(seed, await other.next(), { changes }),
      ]
      expect(again).toEqual(first)
    }
    await Promise.all([one.close(), other.close()])
  },
)
