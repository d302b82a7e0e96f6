import type { Ending } from '../changes.ts'
import { connections } from './connections.ts'
import type { Run } from './operation.ts'

/** Ends in a copy what was ended after it was made; its audit trail says who did it, and when. */
export async function takeOver(run: Run, endings: readonly Ending[]): Promise<void> {
  const store = connections(run)
  for (const { crmAccountId, at, ...by } of endings) await store.disconnect(crmAccountId, by, at)
}
