import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { changeRuns } from '../../../src/store/sql/change-runs.ts'
import { runner } from '../../../src/store/sqlite/run.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A database with all tables, and what is asked of it, as it is asked. */
async function listening() {
  const folder = await tempDir()
  const path = join(folder.path, 'wauth.db')
  await (await openSqliteStore(path)).close()
  const db = new Database(path)
  onTestFinished(async () => {
    db.close()
    await folder.remove()
  })
  const asked: string[] = []
  const heard = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (text: string) => (asked.push(text), target.prepare(text))
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  const planOf = (text: string) => {
    const values = Array.from(text.matchAll(/\?/g), () => null)
    const steps = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...values)
    return steps.map(({ detail }) => detail)
  }
  return { changes: changeRuns(runner(heard, { now: () => 0 })), asked, planOf }
}

test('a batch of changes, and the one behind it, are read in the order of an index: nothing is sorted', async () => {
  const { changes, asked, planOf } = await listening()
  const claim = { key: { generationId: 'g' }, runner: 'r' }
  await changes.batch(claim, 100)
  await changes.others(claim, { kind: 'contacts', op: 'upsert', after: 0, limit: 100 })
  const plans = asked.filter((text) => text.includes('ORDER BY')).map(planOf)
  expect(plans).toHaveLength(2)
  for (const plan of plans) {
    expect(plan.join('\n')).toContain('SEARCH row_changes USING INDEX row_changes_by_stage')
    expect(plan.join('\n')).not.toContain('TEMP B-TREE')
  }
})
