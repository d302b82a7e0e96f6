import { isOpen, replacedBy } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/**
 * What the person agreed to must still be so: if another tab or a colleague has connected this account meanwhile, the
 * page is shown again and says what would now be replaced. (Where that was this very state, there is nothing to ask.)
 */
export const checkConsent: Step = async (visit, { store }) => {
  const attempt = attemptOf(visit)
  if (!attempt.identity || !isOpen(attempt, visit.now)) return undefined
  const existing = await store.connections.find(attempt.identity.crmAccountId)
  if (replacedBy(existing) === visit.replaces) return undefined
  const used = await store.exchanges.find(attempt.stateHash)
  return used ? undefined : go('confirm', attempt.id)
}
