import { glob, readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import ts from 'typescript'
import { countTrips, type Counted } from '../../support/count-trips.ts'
import { CASES } from './trip-cases.ts'

/**
 * How many questions each operation asks while others wait for its lock: `alone` holds the locks of an account or a key,
 * `repeatable` its own rows. On PostgreSQL each is a trip to the server; BEGIN, COMMIT and three for the locks
 * come to them: which they are, to take them, and whether they are still those.
 * `grows` says by what the worst case is worse, where no number bounds it.
 */
const TRIPS: Record<string, { usual: number; worst: number; grows?: string }> = {
  claim: { usual: 7, worst: 8 },
  record: {
    usual: 10,
    worst: 22,
    grows: '2 for each older generation, within its grace, that holds the very apiKey, too',
  },
  reclaim: { usual: 2, worst: 2 },
  nextDue: { usual: 2, worst: 2 },
  fail: { usual: 4, worst: 5 },
  endUnsentKeys: { usual: 1, worst: 2 },
  disconnect: { usual: 12, worst: 14 },
  erase: { usual: 11, worst: 12 },
  endLeases: { usual: 11, worst: 11 },
  correctPast: { usual: 5, worst: 5 },
  followClock: { usual: 20, worst: 20 },
  announce: { usual: 2, worst: 2 },
  noteHealth: { usual: 5, worst: 8 },
  noteProbe: { usual: 6, worst: 6 },
  noteCheck: { usual: 5, worst: 5 },
  endCheck: { usual: 7, worst: 7 },
  setInstalls: { usual: 3, worst: 3 },
  start: { usual: 2, worst: 17 },
  release: { usual: 1, worst: 5 },
  claimDeliveries: { usual: 1, worst: 1 },
  endDeliveries: { usual: 3, worst: 6 },
  refuseDelivery: { usual: 2, worst: 5 },
  retry: { usual: 1, worst: 3 },
  drop: { usual: 5, worst: 5 },
  accept: { usual: 4, worst: 5 },
  claimChanges: { usual: 2, worst: 2 },
  commitChanges: { usual: 3, worst: 8 },
  commit: { usual: 2, worst: 12, grows: '1 for each step and each reject; nobody waits but for these rows' },
}

/** The names of all operations that hold a lock, as the source has them. */
async function namesInSource(): Promise<string[]> {
  const names: string[] = []
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && /^(alone|repeatable)$/.test(node.expression.getText()))
      names.push(ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : node.getText())
    ts.forEachChild(node, visit)
  }
  for await (const path of glob('src/store/sql/*.ts'))
    visit(ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true))
  return names.sort()
}

test('the table names every operation that holds a lock', async () => {
  expect(Object.keys(TRIPS).sort()).toEqual(await namesInSource())
  expect(Object.keys(CASES)).toEqual(Object.keys(TRIPS))
})

const measured = new Map<string, Record<'usual' | 'worst', Counted>>()
beforeAll(async () => {
  for (const [name, { usual, worst }] of Object.entries(CASES))
    measured.set(name, { usual: await countTrips(usual), worst: await countTrips(worst) })
})

test.each(Object.entries(TRIPS))('%s takes as many trips as the table says', (name, { usual, worst }) => {
  const found = measured.get(name)
  expect([found?.usual.trips, found?.worst.trips]).toEqual([usual, worst])
  expect(found?.usual.operation).toBe(found?.worst.operation)
})

test('each name stands for an operation of its own', () => {
  const operations = [...measured.values()].map(({ usual }) => usual.operation)
  expect(new Set(operations).size).toBe(Object.keys(TRIPS).length)
})
