import { digest } from '../../src/crypto/digest.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { Identity } from '../../src/login/port.ts'
import { replacedBy } from '../../src/store/connection.ts'
import type {
  ClaimedExchange,
  Connected,
  Exchange,
  NewAttempt,
  NewExchange,
  Store,
} from '../../src/store/port.ts'

export const NOON = new Date('2026-11-23T12:00:00Z')

export const identityOf = (account: string): Identity => ({
  userId: `${account}-admin`,
  userName: 'Ann Admin',
  crmAccountId: account,
  crmAccountName: `The ${account} company`,
  role: 'admin',
})

export function newAttempt(state = `state-${systemRandom(8)}`, more: Partial<NewAttempt> = {}): NewAttempt {
  return {
    id: systemRandom(16),
    state,
    stateHash: digest(state),
    browserHash: digest('the browser'),
    wazzupAccountId: '12345678',
    life: minutes(10),
    ...more,
  }
}

/** An attempt that waits for its confirmation. */
export async function identified(
  store: Store,
  account: string,
  { state, wazzupAccountId }: { state?: string; wazzupAccountId?: string | null } = {},
): Promise<NewAttempt> {
  const of = wazzupAccountId === undefined ? {} : { wazzupAccountId }
  const attempt = newAttempt(state, { ...of })
  await store.attempts.open(attempt)
  await store.attempts.move(attempt.id, { from: ['arrived'], to: 'identifying' })
  const set = { identity: identityOf(account) }
  await store.attempts.move(attempt.id, { from: ['identifying'], to: 'identified', set })
  return attempt
}

export function newExchange(attempt: NewAttempt, more: Partial<NewExchange> = {}): NewExchange {
  const crmKey = systemRandom(32)
  return {
    attemptId: attempt.id,
    state: attempt.state,
    name: 'The company',
    crmKey,
    crmKeyHash: digest(crmKey),
    generationId: systemRandom(16),
    connectionId: systemRandom(16),
    address: '203.0.113.7',
    replaces: 'none',
    runner: systemRandom(16),
    lease: seconds(30),
    grace: hours(24),
    ...more,
  }
}

/** What the confirm page of an account says this moment that it would replace, for `newExchange`. */
export const shownNow = async (store: Pick<Store, 'connections'>, account: string) => ({
  replaces: replacedBy(await store.connections.find(account)),
})

/** A claimed exchange of an account, with its crmKey. */
export async function claimed(
  store: Store,
  account: string,
  state?: string,
  wazzupAccountId?: string,
): Promise<ClaimedExchange & { crmKey: string }> {
  const attempt = await identified(store, account, {
    ...(state !== undefined && { state }),
    ...(wazzupAccountId !== undefined && { wazzupAccountId }),
  })
  const exchange = newExchange(attempt, await shownNow(store, account))
  const result = await store.exchanges.claim(exchange)
  if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`)
  return { ...result.exchange, crmKey: exchange.crmKey }
}

/** What `fail` takes besides the reason and its times. */
export const AT_NOON = { now: NOON, upload: false } as const

/** What `record` takes for a claimed exchange. */
export const keyFor = (
  { stateHash, generationId }: Pick<Exchange, 'stateHash' | 'generationId'>,
  apiKey: string,
  upload = false,
): Connected => ({
  ...{ stateHash, generationId, apiKey, apiKeyHash: digest(apiKey), upload, now: NOON },
  grace: hours(24),
})

/** Records an apiKey for a claimed exchange; false when it is not wanted any more. */
export const recordKey = async (store: Store, ...key: Parameters<typeof keyFor>) =>
  (await store.exchanges.record(keyFor(...key))).kind === 'connected'

/** A connected account, with its crmKey. */
export async function connected(store: Store, account: string, apiKey: string, wazzupAccountId?: string) {
  const exchange = await claimed(store, account, undefined, wazzupAccountId)
  await recordKey(store, exchange, apiKey)
  return exchange
}

/** What a crmKey resolves to, its apiKey opened. */
export async function openedKey(store: Pick<Store, 'keys'>, crmKey: string) {
  const key = await store.keys.find(digest(crmKey))
  return key && { ...key, apiKey: key.apiKey() }
}
