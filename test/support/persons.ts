import { digest } from '../../src/crypto/digest.ts'
import { hours, minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { Store } from '../../src/store/port.ts'
import { keyFor, newAttempt, newExchange, NOON, shownNow } from './attempts.ts'

/** Texts that nothing else has: what has to be gone when the account of that name is erased. */
export const personOf = (account: string) => ({
  userId: `${account}-user-id-7f3a`,
  userName: `Ludmila of ${account} Čapková`,
  crmAccountName: `${account} Holding & Söhne`,
  name: `${account} Holding in Wazzup`,
  address: `2001:db8::${account}`,
  role: `${account}-director`,
})

export const textsOf = (account: string) => Object.values(personOf(account))

/** An attempt of its person, who has logged in. */
export async function loggedIn(store: Store, account: string) {
  const { userId, userName, crmAccountName, role } = personOf(account)
  const attempt = newAttempt()
  await store.attempts.open(attempt)
  await store.attempts.move(attempt.id, { from: ['arrived'], to: 'identifying' })
  const identity = { userId, userName, crmAccountId: account, crmAccountName, role }
  await store.attempts.move(attempt.id, { from: ['identifying'], to: 'identified', set: { identity } })
  return attempt
}

/** A confirmation of its person. */
export async function confirmedBy(store: Store, account: string) {
  const { name, address } = personOf(account)
  const attempt = await loggedIn(store, account)
  const exchange = newExchange(attempt, { name, address, ...(await shownNow(store, account)) })
  const claimed = await store.exchanges.claim(exchange)
  if (claimed.kind !== 'claimed') throw new Error(`expected a claim, got ${claimed.kind}`)
  return claimed.exchange
}

export async function connectedBy(store: Store, account: string, apiKey = systemRandom(16)) {
  const exchange = await confirmedBy(store, account)
  await store.exchanges.record(keyFor(exchange, apiKey, true))
  return exchange
}

/**
 * An account whose persons stand wherever one can: connected twice, with rejects, having cancelled, having taken the key of
 * another account, and with an operator who was called by the name of one.
 */
export async function everywhere(store: Store, account: string) {
  const { userId, userName, address } = personOf(account)
  await connectedBy(store, 'loser', `key-of-${account}`)
  await connectedBy(store, account)
  const exchange = await connectedBy(store, account, `key-of-${account}`)
  const claim = await store.uploads.claimDue({ runner: 'runner', lease: minutes(1) })
  if (!claim) throw new Error('no upload was queued')
  const rejects = [{ kind: 'users', rowId: userId, position: 1, reason: 'no_name' }] as const
  await store.uploads.commit(claim, { steps: [], rejects: [...rejects], lease: minutes(1) })
  const cancelled = await loggedIn(store, account)
  await store.attempts.move(cancelled.id, { from: ['identified'], to: 'cancelled' })
  await loggedIn(store, account)
  await store.parked.put({
    ...{ attemptId: cancelled.id, sender: null, from: address, idHash: digest(cancelled.id) },
    ...{ answer: userName, keptFor: minutes(1) },
  })
  const entry = { wazzupAccountId: '12345678', generation: 2, at: NOON, crmAccountId: account } as const
  await store.audit.append({ userId: 'operator', userName, address, action: 'api_key.read', ...entry })
  return exchange
}

/** It failed for good, and nothing comes of it any more. */
export const refused = {
  reason: 'state_refused',
  grace: hours(24),
  retryIn: 0,
  now: NOON,
  upload: false,
} as const

/** What the triggers of the audit have to refuse; `gone` is an account that is disconnected, `here` one that is connected. */
export const ABUSES = (() => {
  const empty = "user_id = '', user_name = '', address = ''"
  const gone = "crm_account_id = 'gone' AND action = 'connection.connected'"
  const changed = {
    action: "'x'",
    at: 'at + 1',
    generation: '9',
    crm_account_id: "'nobody'",
    wazzup_account_id: 'NULL',
    id: 'id + 1000',
  }
  return {
    ...Object.fromEntries(
      Object.entries(changed).map(([column, value]) => [
        `${column}, together with an erasure`,
        `UPDATE audit SET ${empty}, ${column} = ${value} WHERE ${gone}`,
      ]),
    ),
    'the facts alone': `UPDATE audit SET action = '' WHERE ${gone}`,
    'half a person': `UPDATE audit SET user_name = '' WHERE ${gone}`,
    'another person': `UPDATE audit SET user_name = 'Somebody' WHERE ${gone}`,
    'a person in the place of one who was erased':
      "UPDATE audit SET user_id = 'me', user_name = 'Me', address = '' WHERE crm_account_id = 'erased' AND action = 'connection.connected'",
    'who is connected': `UPDATE audit SET ${empty} WHERE crm_account_id = 'here'`,
    'who has erased': `UPDATE audit SET ${empty} WHERE action = 'connection.erased'`,
    'who has paused the installs': `UPDATE audit SET ${empty} WHERE action = 'installs.paused'`,
    'an entry of a connect': `DELETE FROM audit WHERE ${gone}`,
    'an entry of an erasure': "DELETE FROM audit WHERE action = 'connection.erased'",
    'all entries': 'DELETE FROM audit',
  }
})()

/** The accounts that the abuses name. */
export async function abused(store: Store) {
  const operator = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }
  for (const account of ['gone', 'here', 'erased']) await connectedBy(store, account)
  for (const account of ['gone', 'erased']) await store.connections.disconnect(account, operator, NOON)
  await store.connections.erase('erased', operator, NOON)
  await store.installs.set('it is moved', operator, NOON)
}
