import { expect } from 'vitest'
import { hours } from '../../../src/shared/clock.ts'
import { pressConfirm, walkToConfirm, type TestConnector } from '../../support/connector.ts'
import { ask } from '../../support/internal-at-hand.ts'
import { uploadEnd } from '../../support/uploads.ts'
import { SOON } from './work.ts'

/** Theirs alone: a connect of somebody else to the same one would make Wazzup refuse their apiKey. */
const THEIR_WAZZUP_ACCOUNT = '87654321'

/** Another customer, by whom one sees that workers have gone round. */
export async function connectAnother(connector: TestConnector) {
  const state = await connector.sandbox.wazzup.mintState({ accountId: THEIR_WAZZUP_ACCOUNT })
  const { browser } = await walkToConfirm(connector, { state, user: 'nordwind-admin' })
  await pressConfirm(browser)
  await uploadEnd(connector, { account: 'nordwind' })
  await expect.poll(() => tries(connector, 'nordwind')).toBe(1)
}

/** How often the apiKey of an account was tried. */
export const tries = ({ log }: TestConnector, account: string) =>
  log.events('keys.probe').filter(({ crmAccountId }) => crmAccountId === account).length

/** By the clock of the database and by that of the machine, however it is set here: the clean-up goes by the earlier one. */
const LONG_OVER = -hours(2)

/** The workers on uploads, tries of apiKeys, and what is over have gone round: of the other customer they take what is due. */
export async function othersAreServed(connector: TestConnector) {
  const before = tries(connector, 'nordwind')
  // Once the service has seen its clock, what another process writes into its file goes by the same time.
  await ask({ url: connector.internalUrl }, '/v1/connections')
  await connector.store.uploads.start('nordwind', ['users'], new Date())
  await connector.store.claims.claim('over', LONG_OVER)
  await connector.order("UPDATE connections SET probed_at = 0 WHERE crm_account_id = 'nordwind'")
  await uploadEnd(connector, { account: 'nordwind' })
  await expect.poll(() => tries(connector, 'nordwind'), SOON).toBeGreaterThan(before)
  await expect.poll(() => connector.store.claims.claim('over', LONG_OVER), SOON).toBe(true)
}
