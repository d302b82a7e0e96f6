import type { Clock } from '../shared/clock.ts'
import type { Actor, Store } from '../store/port.ts'

/**
 * The apiKey of a CRM account, for somebody who asked for it by name. Who did is in the audit before they have it.
 * Null when the account is not connected.
 */
export async function readApiKey(
  crmAccountId: string,
  by: Actor,
  { store, clock }: { store: Pick<Store, 'keys' | 'connections' | 'audit'>; clock: Clock },
): Promise<string | null> {
  const [key, connection] = [
    await store.keys.current(crmAccountId),
    await store.connections.find(crmAccountId),
  ]
  const apiKey = key?.apiKey() ?? null
  if (!key || !connection || apiKey === null) return null
  const { generation } = key
  const { wazzupAccountId } = connection
  await store.audit.append({
    ...{ ...by, at: clock(), action: 'api_key.read' },
    ...{ crmAccountId, wazzupAccountId, generation },
  })
  return apiKey
}
