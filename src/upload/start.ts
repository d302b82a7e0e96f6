import type { Clock } from '../shared/clock.ts'
import type { Store } from '../store/port.ts'
import { planOf, type PlanTerms } from './plan.ts'

export interface StartUpload extends PlanTerms {
  store: Pick<Store, 'uploads' | 'connections'>
  clock: Clock
}

export type Started =
  | { kind: 'started' }
  | { kind: 'unknown' }
  /** Disconnected, or Wazzup refuses the apiKey. */
  | { kind: 'not_connected' }
  /** The settings name neither an export nor an address. */
  | { kind: 'nothing_to_do' }

/** Queues a run from the beginning; the worker of some replica takes it within a second or so. */
export async function startUpload(
  crmAccountId: string,
  { webhooksOnly }: { webhooksOnly: boolean },
  deps: StartUpload,
): Promise<Started> {
  const { store, clock } = deps
  const kinds = planOf(deps)
    .map(({ kind }) => kind)
    .filter((kind) => !webhooksOnly || kind === 'webhooks')
  if (kinds.length === 0) return { kind: 'nothing_to_do' }
  const connection = await store.connections.find(crmAccountId)
  if (!connection) return { kind: 'unknown' }
  if (connection.status !== 'connected') return { kind: 'not_connected' }
  return (await store.uploads.start(crmAccountId, kinds, clock()))
    ? { kind: 'started' }
    : { kind: 'not_connected' }
}
