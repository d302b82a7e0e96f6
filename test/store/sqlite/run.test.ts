import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { again, one, read, repeatable, single, sql } from '../../../src/store/sql/operation.ts'
import { runner } from '../../../src/store/sqlite/run.ts'

let db: Database.Database

beforeEach(() => {
  db = new Database(':memory:')
  for (const table of ['a', 'b', 'c'])
    db.exec(`CREATE TABLE ${table} (id TEXT PRIMARY KEY, next TEXT, name TEXT, place INTEGER);
      CREATE INDEX ${table}_by_name ON ${table} (name) WHERE place = 1;`)
})

afterEach(() => {
  db.close()
})

const QUESTION = `
  SELECT a.place FROM a JOIN b ON b.id = a.next LEFT JOIN c ON c.id = b.next
  WHERE a.id = @id AND a.name = @name AND b.name = @name AND b.place = @place AND NOT EXISTS (
    SELECT 1 FROM c AS other WHERE other.next = b.id AND other.name = @name AND other.place = @place)`

/** Milliseconds of the fastest: what else the machine does only adds to the others. */
async function fastest(work: () => unknown): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < 500; i++) {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  return Math.min(...took)
}

test('a question that is asked again, about something else, is not planned again', async () => {
  const run = runner(db, { now: () => 0 })
  const statement = sql<object>(QUESTION)
  const ask = read(function* (values: object) {
    return yield* one(statement, values)
  })
  let asked = 0
  const again = await fastest(() => run(ask, { id: `${++asked}`, name: `${asked}`, place: asked }))
  const planned = await fastest(() => db.prepare(QUESTION))
  expect(again).toBeLessThan(planned / 2)
})

test('each value comes to every place of its name, and one that is not given is a mistake', async () => {
  const run = runner(db, { now: () => 7 })
  const statement = sql<object>('SELECT @second AS b, @first AS a, @second AS again, {now} AS now')
  const ask = read(function* (values: object) {
    return yield* one(statement, values)
  })
  expect(await run(ask, { first: 1, second: 'two', other: 3 })).toEqual({
    a: 1,
    b: 'two',
    again: 'two',
    now: 7,
  })
  expect(await run(ask, { first: undefined, second: true })).toEqual({ a: null, b: 1, again: 1, now: 7 })
  await expect(run(ask, { first: 1 })).rejects.toMatchObject({ code: 'parameter_missing' })
})

const DURABILITY = sql<{ synchronous: number }>('SELECT synchronous FROM pragma_synchronous')
const [NORMAL, FULL] = [1, 2]

test.each([
  ['single', single, FULL],
  ['again', again, NORMAL],
  ['repeatable', repeatable, NORMAL],
])('of what is marked «%s» a power cut may undo as much as that says', async (_, marked, expected) => {
  const run = runner(db, { now: () => 0 })
  const look = marked(function* () {
    return yield* one(DURABILITY)
  })
  expect(await run(look)).toEqual({ synchronous: expected })
})
