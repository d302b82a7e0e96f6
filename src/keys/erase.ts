import type { Logger } from '../observability/logger.ts'
import type { Clock } from '../shared/clock.ts'
import type { Actor, Erased, Remains, Store } from '../store/port.ts'

export interface EraseDeps {
  store: Pick<Store, 'connections' | 'wipe'>
  clock: Clock
  log: Logger
}

/** `remains`: where something may still lie. */
export type ErasedAccount =
  (Extract<Erased, { kind: 'erased' }> & { remains: Remains[] }) | Exclude<Erased, { kind: 'erased' }>

/**
 * Erases the persons of a CRM account that has ended, then has the database's files forget them. To erase twice is as good as
 * once, and tries the files once more. `whole`: however long that keeps writers waiting.
 * @throws StoreUnavailable
 */
export async function eraseAccount(
  crmAccountId: string,
  { whole, ...by }: Actor & { whole: boolean },
  { store, clock, log }: EraseDeps,
): Promise<ErasedAccount> {
  const erased = await store.connections.erase(crmAccountId, by, clock())
  if (erased.kind !== 'erased') return erased
  const remains = await store.wipe({ whole })
  log.info({
    ...{ event: 'keys.erase', crmAccountId, rows: erased.rows },
    remains: remains.map(({ code }) => code),
  })
  return { ...erased, remains }
}
