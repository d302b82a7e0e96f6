import { LONGEST_TRY } from '../upstream/breaker.ts'
import { newLease, settle } from './exchange.ts'
import { supportIdOf } from '../shared/support-id.ts'
import type { ExchangeDeps } from './visit.ts'

/**
 * Settles one exchange whose answer was lost, or that a crash left behind. The lease is taken before sending, so that
 * over all replicas one process sends at a time.
 * @returns whether there was one; the caller then asks again at once. While no call is let through, for how long to rest
 */
export async function recoverOne(deps: ExchangeDeps): Promise<boolean | number> {
  const exchange = await deps.store.exchanges.claimDue(newLease(deps.random))
  if (!exchange) return false
  const settled = await settle(exchange, deps)
  const { attemptId, crmAccountId } = exchange
  deps.log[settled.err ? 'error' : 'info']({
    event: 'connect.recover',
    attemptId,
    supportId: supportIdOf(attemptId),
    crmAccountId,
    ...settled,
  })
  return settled.wazzupCode === 'breaker_open' ? LONGEST_TRY : true
}
