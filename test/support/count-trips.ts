import { join } from 'node:path'
import type { Store } from '../../src/store/port.ts'
import type { Run, Steps } from '../../src/store/sql/operation.ts'
import { storeOf, type OwnWays } from '../../src/store/sql/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { openDatabase } from '../../src/store/sqlite/open.ts'
import { databaseTimeOf } from '../../src/store/sqlite/database-time.ts'
import { runner } from '../../src/store/sqlite/run.ts'
import { NOON } from './attempts.ts'
import { storeTime } from './store-time.ts'
import { tempDir } from './temp-dir.ts'

/** Calls one operation of `counted`, or by `run`; what has to be there for it is made by `store`, on the same database. */
export type Case = (counted: Store, store: Timed, run: Run) => Promise<unknown>

export type Timed = Store & { setTime: (to: Date) => Promise<void> }

export interface Counted {
  /** Itself, to tell one from another: they have no names at run time. */
  operation: unknown
  trips: number
}

/** The operation under a lock that a case has run, and how many questions it has asked. */
export async function countTrips(one: Case): Promise<Counted> {
  const folder = await tempDir()
  const path = join(folder.path, 'wauth.db')
  const { time, setTime } = storeTime()
  const databaseTime = databaseTimeOf(time.clock, null)
  await setTime(NOON)
  const teller = { seal: (text: string) => text }
  const store = await openSqliteStore(path, { ...time, teller })
  const db = openDatabase(path)
  const { run, seen } = counting(runner(db, databaseTime, teller))
  const own: OwnWays = {
    ...store,
    open: (...args) => store.attempts.open(...args),
    findKey: (...args) => store.keys.find(...args),
    connectionCounts: async () => (await store.counts()).connections,
    uploadCounts: () => store.uploads.counts(),
  }
  await one(storeOf(run, own), { ...store, setTime }, run).finally(async () => {
    db.close()
    await store.close()
    await folder.remove()
  })
  const [only, ...others] = seen
  if (!only || others.length > 0) throw new Error(`a case has run ${seen.length} operations under a lock`)
  return only
}

/** Runs operations as they are, and counts the questions of those that hold a lock. */
function counting(run: Run) {
  const seen: Counted[] = []
  const counted: Run = (operation, ...args) => {
    if (operation.mode !== 'alone' && operation.mode !== 'repeatable') return run(operation, ...args)
    const found: Counted = { operation, trips: 0 }
    seen.push(found)
    return run({ ...operation, steps: (...given) => count(operation.steps(...given), found) }, ...args)
  }
  return { run: counted, seen }
}

function* count<T>(steps: Steps<T>, found: Counted): Steps<T> {
  let next = steps.next()
  while (next.done !== true) {
    if (next.value.ask !== 'teller') found.trips += 1
    next = steps.next(yield next.value)
  }
  return next.value
}
