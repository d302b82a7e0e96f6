import type { Changes } from '../changes.ts'
import { dropAllChanges } from './change-endings.ts'
import { connections } from './connections.ts'
import { installs as installsOf } from './installs.ts'
import type { Run } from './operation.ts'

/** What of the replaced database counts further. */
export type TakenOver = Pick<Changes, 'endings' | 'erasures' | 'installs'>

/**
 * Drops the changes of rows that wait in a copy, as Wazzup may have newer ones by now. Ends in it what was ended after it was made,
 * erases in it who was erased, and pauses new installs or lets them in as they were; its audit trail says who did it, and when.
 */
export async function takeOver(run: Run, { endings, erasures, installs }: TakenOver): Promise<void> {
  await run(dropAllChanges)
  const store = connections(run)
  for (const { crmAccountId, at, ...by } of endings) await store.disconnect(crmAccountId, by, at)
  for (const { crmAccountId, at, ...by } of erasures) {
    // What was erased had ended before, and so has what the copy still has of it.
    await store.disconnect(crmAccountId, by, at)
    await store.erase(crmAccountId, by, at)
  }
  if (installs.by === null) return
  const { at, ...by } = installs.by
  await installsOf(run).set(installs.paused ? (installs.reason ?? '') : null, by, at)
}
