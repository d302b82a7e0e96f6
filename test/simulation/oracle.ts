import { digest } from '../../src/crypto/digest.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import type { Exchange, NewExchange, Store } from '../../src/store/port.ts'
import { countRecorded, problemOfRecorded } from './check-recorded.ts'
import { createKeysInUse, type KeyIds, type KeysInUse } from './keys-in-use.ts'
import { lookUpAll, showSeen, type Key, type Seen } from './looked-up.ts'
import { comesForward, mayChange, type About } from './may-change.ts'
import type { Trace } from './trace.ts'

/** Who confirms what: known before it is claimed. */
interface Opened {
  account: string
  wazzupAccount: string
}

/** Watches a run, and says what may not be. */
export interface Oracle {
  keys: readonly Key[]
  encryptionKeys: KeysInUse
  /** The first thing that was wrong; null while all is well. */
  problem(): string | null
  wrong: (problem: string) => void
  opened(attemptId: string, by: Opened): void
  /** Does a call of the store, and compares what all look-ups say before and after. */
  around<T>(call: Call, work: () => Promise<T>): Promise<T>
  posted(state: string, crmKey: string): void
  /** Somebody sees that they are connected. */
  shownConnected(attemptId: string, state: string): void
  accepted(crmKey: string): void
  delivered(crmKey: string, apiKey: string, to: Key['deliveries'][number]['to']): void
}

export interface Call {
  name: string
  args: readonly unknown[]
  /** The encryption keys of who asks. */
  by: KeyIds
}

/** Calls that change nothing of what look-ups show. */
const READS =
  /\.(find|peek|current|isBusy|list|of|counts|count|any|page)$|^sealingKeys\.|^(ping|counts|proveWritable)$/

/** What a connection had made ready before a migration is made ready again: nobody has to hear of it. */
const isStale = (error: unknown) => /^(0A000|42804)$/.test(String(fieldsOf(fieldsOf(error)['cause'])['code']))

const fieldsOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Calls name an exchange by its hash, alone or as a field of what comes first. */
const stateHashOf = ([first]: readonly unknown[]) => String(fieldsOf(first)['stateHash'] ?? first)

/**
 * @param store as it is: no trouble reaches it
 * @param now what its clock says
 */
export function createOracle(store: Store, trace: Trace, now: () => number): Oracle {
  const keys: Key[] = []
  const encryptionKeys = createKeysInUse(trace)
  const attempts = new Map<string, Opened>()
  const sent = new Map<string, string>()
  let seen: (Seen | null)[] = []
  let acceptances = 0
  let problem: string | null = null
  const wrong = (what: string) => void (problem ??= what)
  const ofState = (hash: unknown) => keys.find(({ state }) => digest(state) === hash) ?? null
  const ofCrmKey = (crmKey: string) => keys.find((key) => key.crmKey === crmKey)
  const seenOf = (hash: unknown) => seen[keys.findIndex(({ crmKey }) => digest(crmKey) === hash)] ?? null

  function noteClaim({ attemptId, crmKey, state }: NewExchange) {
    const by = attempts.get(attemptId)
    if (!by) return
    const number = keys.length + 1
    const key = { name: `C${number}`, ...{ crmKey, state, number }, ...by }
    keys.push({
      ...key,
      decided: now(),
      accepted: null,
      deliveries: [],
      disconnected: false,
      hadApiKey: false,
    })
    trace.name(crmKey, key.name)
    trace.name(digest(crmKey), key.name)
  }

  function aboutOf({ name, args: [first] }: Call): About {
    const record = fieldsOf(first)
    const isClaim = name === 'exchanges.claim'
    const key = isClaim ? (ofCrmKey(String(record['crmKey'])) ?? null) : ofState(stateHashOf([first]))
    const account = key?.account ?? (typeof first === 'string' ? first : null)
    return {
      ...{ name, key, account },
      apiKey: typeof record['apiKey'] === 'string' ? record['apiKey'] : null,
    }
  }

  async function compare(asked: About) {
    const before = seen
    seen = await lookUpAll(store, keys)
    const changeOf = (i: number) => ({ before: before[i] ?? null, after: seen[i] ?? null })
    const forward = keys.findIndex((key, i) => comesForward({ key, ...changeOf(i) }))
    const about = { ...asked, apiKey: asked.apiKey ?? seen[forward]?.apiKey ?? null }
    if (asked.name === 'exchanges.fail' && forward >= 0) trace.count('late keys that come forward')
    const holdsItNow = (account: string) =>
      keys.some((key, i) => {
        const was = before[i]
        return key.account === account && was?.status === 'current' && was.apiKey === about.apiKey
      })
    for (const [i, key] of keys.entries()) {
      const change = { key, ...changeOf(i) }
      key.hadApiKey ||= (change.after?.apiKey ?? null) !== null
      if (showSeen(change.before) === showSeen(change.after)) continue
      const what = `${key.name} of ${key.account}: ${showSeen(change.before)} → ${showSeen(change.after)}`
      if (!mayChange(about, change, holdsItNow))
        wrong(`${about.name} changes a look-up that is not its own: ${what}`)
    }
  }

  async function checkRecorded({ key, apiKey }: About, before: typeof seen, exchange: Exchange | null) {
    if (!key) return
    for (const delivery of key.deliveries) delivery.committed ||= delivery.apiKey === apiKey
    const recorded = { key, keys, apiKey, before, seen, exchange }
    const problem = await problemOfRecorded(recorded, store)
    if (problem !== null) wrong(problem)
    if (seen[keys.indexOf(key)]?.apiKey !== before[keys.indexOf(key)]?.apiKey) countRecorded(recorded, trace)
  }

  function checkEnded(account: unknown) {
    for (const [i, key] of keys.entries()) {
      if (key.account !== account) continue
      key.disconnected = true
      if (seen[i]) wrong(`${key.name} of ${key.account} resolves right after its disconnect`)
    }
  }

  /**
   * A database that cannot do it now says so, and a replica that it lacks a key during a rotation; any other error is a mistake,
   * which a flow may swallow.
   */
  const unexpected = (name: string, by: KeyIds) => (error: unknown) => {
    const isAway = error instanceof StoreUnavailable && !isStale(error)
    if (!isAway && !encryptionKeys.mayBeThrown(error, by)) wrong(`${name} throws ${String(error)}`)
    throw error
  }

  async function around<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const { name, args, by } = call
    const earlier = name === 'exchanges.record' ? await store.exchanges.find(stateHashOf(args)) : null
    const result = await work().catch(unexpected(name, by))
    const unread = encryptionKeys.problemOf(call, result, seenOf)
    if (unread !== null) wrong(unread)
    if (READS.test(name)) return result
    const isClaimed = name === 'exchanges.claim' && (result as { kind: string }).kind === 'claimed'
    if (isClaimed) noteClaim(args[0] as NewExchange)
    const [about, before] = [aboutOf(call), seen]
    if (name === 'exchanges.reclaim' && result !== null && about.key) about.key.decided = now()
    await compare(about).catch(unexpected('looking up', by))
    if (isClaimed && seen.at(-1)?.status !== 'pending')
      wrong('a crmKey does not resolve right after its commit')
    if (name === 'exchanges.record') await checkRecorded(about, before, earlier)
    if (fieldsOf(result)['kind'] === 'kept') trace.count('late keys that wait')
    if (name === 'connections.disconnect' && result === true) checkEnded(args[0])
    return result
  }

  return {
    ...{ keys, encryptionKeys, wrong, around },
    problem: () => problem,
    opened: (attemptId, by) => void attempts.set(attemptId, by),
    posted(state, crmKey) {
      const first = sent.get(state) ?? crmKey
      sent.set(state, first)
      const key = ofCrmKey(crmKey)
      if (first !== crmKey)
        wrong(`${trace.show(state)} was sent with ${trace.show(first)}, then with ${trace.show(crmKey)}`)
      if (key?.state !== state) wrong(`${trace.show(state)} was sent with the crmKey of another exchange`)
      if (key && seen[keys.indexOf(key)] === null && !key.disconnected)
        trace.count('sent a crmKey that does not resolve')
    },
    shownConnected(attemptId, state) {
      const key = ofState(digest(state))
      const account = attempts.get(attemptId)?.account ?? ''
      if (key?.hadApiKey !== true || key.account !== account)
        wrong(`${account} is shown connected by ${trace.show(state)}, and has no apiKey of it`)
    },
    accepted(crmKey) {
      const key = ofCrmKey(crmKey)
      if (key) key.accepted = ++acceptances
    },
    delivered(crmKey, apiKey, to) {
      ofCrmKey(crmKey)?.deliveries.push({ apiKey, to, committed: false })
    },
  }
}
