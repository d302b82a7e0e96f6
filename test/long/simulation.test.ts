// @module-tag long
import { expect, inject, test } from 'vitest'
import { minutes } from '../../src/shared/clock.ts'
import { postgresDatabases, sqliteDatabases } from '../simulation/database.ts'
import { listOf, MUST_HAPPEN, runMany, storyOf } from '../simulation/run-many.ts'

/** For both engines together. */
const BUDGET = minutes(8)

const SHARE = { sqlite: 0.7, postgres: 0.3 }

test(
  'whatever goes wrong at several replicas, no apiKey is lost and nothing is stuck',
  async () => {
    const engine = inject('engine')
    const databases = await (engine === 'sqlite' ? sqliteDatabases() : postgresDatabases())
    const end = performance.now() + BUDGET * SHARE[engine]
    // Each time other runs: a failure names its own.
    const summary = await runMany(databases, {
      seed: Math.floor(Date.now() / 1000),
      goesOn: ({ failures }) => failures.length === 0 && performance.now() < end,
    }).finally(() => databases.close())
    process.stdout.write(`Simulated on ${engine}: ${listOf(summary)}\n`)
    expect(summary.failures.map(storyOf).join('\n\n')).toBe('')
    for (const kind of MUST_HAPPEN)
      expect(summary.counts.get(kind) ?? 0, kind).toBeGreaterThan(summary.runs / 200)
  },
  2 * BUDGET,
)
