import { digest } from '../../src/crypto/digest.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { after, hours } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { tryValues } from '../../src/store/try-values.ts'
import type { Database } from './database.ts'
import { lookUpAll, type Key } from './looked-up.ts'
import { ringOf } from './keys-in-use.ts'
import type { Oracle } from './oracle.ts'
import { timeAt, type World } from './world.ts'

/** An apiKey that a living replica had in hand, or came to write down before it was killed. */
const keptBy = ({ deliveries }: Key) => deliveries.find(({ to, committed }) => to.alive || committed)

/**
 * Whether the apiKey is wanted: unless its CRM account has been disconnected, or a newer claim that Wazzup has accepted
 * has its CRM account or its Wazzup account. Of two CRM accounts that confirm the same Wazzup account at the same time, the
 * one that decided first may be accepted last: then neither counts as newer for sure, and neither is asked for here. The
 * same holds where both decided in one millisecond of the store's clock.
 */
function isWanted(key: Key, all: readonly Key[]): boolean {
  const { accepted, number, decided, account, wazzupAccount, disconnected } = key
  const isNewer = (other: Key) => {
    if (other === key || other.accepted === null) return false
    if (other.account === account) return other.number > number
    const isLater = other.decided >= decided || other.accepted > (accepted ?? 0)
    return other.wazzupAccount === wazzupAccount && isLater
  }
  return !disconnected && !all.some(isNewer)
}

/** What must be so when all has come to rest. */
export async function checkAtRest(world: World): Promise<void> {
  const { oracle, store } = world
  const { keys, wrong } = oracle
  await world.setStoreTime()
  for (const { name, state, account } of keys) {
    const exchange = await store.exchanges.find(digest(state))
    if (!exchange) wrong(`the exchange of ${name} is gone`)
    if (exchange?.status === 'pending') wrong(`the exchange of ${name} is pending for ever`)
    if (exchange && exchange.crmAccountId !== account) wrong(`the exchange of ${name} is another account's`)
  }
  await checkHolders(oracle, store)
  await checkWanted(oracle, store)
  await checkConnections(oracle, store)
  await checkValues(world)
}

/** What must still be so when every grace is over. */
export async function checkADayLater(
  { oracle, store, scheduler }: World,
  { setTime, wrongLookups }: Database,
): Promise<void> {
  const { keys, wrong } = oracle
  const isTold = async () => {
    for (const row of await wrongLookups()) wrong(`look-ups tell otherwise: ${JSON.stringify(row)}`)
  }
  await isTold()
  const later = after(timeAt(scheduler.now()), hours(26))
  await setTime(later)
  while ((await store.cleanUp(later, 100)) > 0);
  await checkWanted(oracle, store)
  for (const [i, seen] of (await lookUpAll(store, keys)).entries()) {
    if (seen && seen.status !== 'current') wrong(`${keys[i]?.name ?? ''} is ${seen.status} after its grace`)
  }
  await isTold()
}

async function checkWanted(oracle: Oracle, store: Store) {
  const { keys, wrong } = oracle
  const seen = await lookUpAll(store, keys)
  for (const [i, key] of keys.entries()) {
    const apiKey = keptBy(key)?.apiKey
    if (apiKey === undefined || !isWanted(key, keys)) continue
    const says = seen[i]
    const what = says ? `${says.status} with ${says.apiKey ?? 'no apiKey'}` : 'nothing'
    if (says?.status !== 'current' || says.apiKey !== apiKey)
      wrong(
        `${apiKey} of ${key.name} (${key.account}, ${key.wazzupAccount}) is wanted, and its look-up says ${what}`,
      )
    if (isNewestAtWazzup(key, keys)) await checkHealth(key, oracle, store)
  }
}

/** One apiKey belongs to one CRM account. */
async function checkHolders({ keys, wrong }: Oracle, store: Store) {
  const holders = new Map<string, string>()
  for (const seen of await lookUpAll(store, keys)) {
    if (seen?.apiKey === undefined || seen.apiKey === null) continue
    const holder = holders.get(seen.apiKey) ?? seen.account
    holders.set(seen.apiKey, holder)
    if (holder !== seen.account) wrong(`${seen.apiKey} belongs to ${holder} and to ${seen.account}`)
  }
}

/** A request that was stalled may reach Wazzup after that of a later claim: its apiKey is the newest there, and ours may be dead. */
const isNewestAtWazzup = (key: Key, all: readonly Key[]) =>
  !all.some(
    ({ wazzupAccount, accepted }) =>
      wazzupAccount === key.wazzupAccount && (accepted ?? 0) > (key.accepted ?? 0),
  )

/** Whatever its apiKey was tried for: Wazzup takes one that is wanted. */
async function checkHealth({ account, name }: Key, { wrong }: Oracle, store: Store) {
  const status = (await store.connections.find(account))?.status
  if (status !== 'connected')
    wrong(`${name} of ${account} is wanted, and its connection is ${status ?? 'gone'}`)
}

async function checkConnections({ keys, wrong }: Oracle, store: Store) {
  for (const account of new Set(keys.map((key) => key.account))) {
    const [connection, current] = [await store.connections.find(account), await store.keys.current(account)]
    const isLive = connection !== null && connection.status !== 'disconnected'
    if (isLive !== (current !== null))
      wrong(`${account} is ${connection?.status ?? 'unknown'} and has ${current ? 'a' : 'no'} current key`)
  }
}

/** Every replica opens everything that is kept, whichever keys were taken away meanwhile. */
async function checkValues({ machines, engine, oracle }: World) {
  for (const { keys } of machines) {
    const { closed } = await tryValues(engine, createSealer(ringOf(keys)))
    for (const { code, table } of closed)
      oracle.wrong(`a value of ${table} does not open with ${keys.join()}: ${code}`)
  }
}
