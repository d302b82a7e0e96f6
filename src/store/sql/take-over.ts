import type { Changes } from '../changes.ts'
import { connections } from './connections.ts'
import { installs as installsOf } from './installs.ts'
import type { Run } from './operation.ts'

/** What of the replaced database counts further. */
export type TakenOver = Pick<Changes, 'endings' | 'installs'>

/**
 * Ends in a copy what was ended after it was made, and pauses new installs or lets them in as they were; its audit trail says
 * who did it, and when.
 */
export async function takeOver(run: Run, { endings, installs }: TakenOver): Promise<void> {
  const store = connections(run)
  for (const { crmAccountId, at, ...by } of endings) await store.disconnect(crmAccountId, by, at)
  if (installs.by === null) return
  const { at, ...by } = installs.by
  await installsOf(run).set(installs.paused ? (installs.reason ?? '') : null, by, at)
}
