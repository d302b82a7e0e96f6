// @module-tag long
import { expect, inject, test } from 'vitest'
import { minutes } from '../../src/shared/clock.ts'
import { ALL_CHANGES, NO_CHANGES } from '../simulation/conditions.ts'
import { postgresDatabases, sqliteDatabases } from '../simulation/database.ts'
import { listOf, MUST_CHANGE, MUST_HAPPEN, runMany, storyOf } from '../simulation/run-many.ts'

/** For both engines together. */
const BUDGETS = { plain: minutes(5), changing: minutes(5) }

const SHARE = { sqlite: 0.7, postgres: 0.3 }

test.each([
  {
    what: 'whatever goes wrong at several replicas, no apiKey is lost and nothing is stuck',
    ...{ budget: BUDGETS.plain, changes: NO_CHANGES, kinds: MUST_HAPPEN },
  },
  {
    what: 'nor is it where clocks are wrong, the encryption key is rotated and a later release migrates meanwhile',
    ...{
      budget: BUDGETS.changing,
      changes: ALL_CHANGES,
      kinds: [...MUST_CHANGE, 'look-ups that need another key'],
    },
  },
])(
  '$what',
  async ({ budget, changes, kinds }) => {
    const engine = inject('engine')
    const databases = await (engine === 'sqlite' ? sqliteDatabases() : postgresDatabases())
    const end = performance.now() + budget * SHARE[engine]
    // On a slow machine the rarest thing may need more time than there is; PostgreSQL has too few runs for it.
    const asked = engine === 'sqlite' ? kinds : []
    const isAllSeen = (counts: ReadonlyMap<string, number>) => asked.every((kind) => counts.has(kind))
    // Each time other runs: a failure names its own.
    const summary = await runMany(databases, {
      ...{ seed: Math.floor(Date.now() / 1000), changes },
      goesOn: ({ failures, counts }) =>
        failures.length === 0 && (performance.now() < end || !isAllSeen(counts)),
    }).finally(() => databases.close())
    process.stdout.write(`Simulated on ${engine}: ${listOf(summary)}\n`)
    expect(summary.failures.map(storyOf).join('\n\n')).toBe('')
    for (const kind of asked) expect(summary.counts.get(kind) ?? 0, kind).toBeGreaterThan(summary.runs / 200)
  },
  2 * minutes(5),
)
