import { newLease } from '../../../src/connect/exchange.ts'
import { after, hours, minutes } from '../../../src/shared/clock.ts'
import { MOST_WAITING } from '../../../src/store/change.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { endLeases } from '../../../src/store/sql/lease.ts'
import { correctPast, followClock } from '../../../src/store/sql/set-clock.ts'
import type { Store, UploadCommit } from '../../../src/store/port.ts'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import {
  AT_NOON,
  claimed,
  connected,
  identified,
  keyFor,
  newExchange,
  NOON,
  recordKey,
} from '../../support/attempts.ts'
import type { Case, Timed } from '../../support/count-trips.ts'

/** The usual and the worst case of each operation that holds a lock. */

const GRACE = { grace: hours(24), retryIn: 0, ...AT_NOON }
const LEASE = { runner: 'runner', lease: minutes(2) }
const REFUSED = { health: 'invalid', now: NOON } as const
const UPLOAD_KINDS = ['users', 'pipelines', 'contacts', 'deals', 'webhooks'] as const

export const CASES: Record<string, { usual: Case; worst: Case }> = {
  claim: {
    usual: async (counted, store) => counted.exchanges.claim(newExchange(await identified(store, 'acme'))),
    // An older one was left behind.
    worst: async (counted, store) => {
      await store.exchanges.postpone(await claimed(store, 'acme'), { wait: 0, lost: true })
      return counted.exchanges.claim(newExchange(await identified(store, 'acme')))
    },
  },
  record: {
    usual: async (counted, store) =>
      counted.exchanges.record(keyFor(await claimed(store, 'acme'), 'key', true)),
    // Another account has the apiKey, in two of its generations.
    worst: async (counted, store) => {
      await connected(store, 'acme', 'the-same-key')
      await connected(store, 'acme', 'the-same-key')
      const taking = await claimed(store, 'nordwind')
      return counted.exchanges.record(keyFor(taking, 'the-same-key', true))
    },
  },
  reclaim: both(async (counted, store) => {
    const exchange = await claimed(store, 'acme')
    await store.exchanges.fail(exchange, { ...GRACE, reason: 'wazzup_unavailable' })
    return counted.exchanges.reclaim(exchange.stateHash, newLease(systemRandom))
  }),
  nextDue: both(async (counted, store) => {
    await claimed(store, 'acme')
    await store.setTime(after(NOON, minutes(1)))
    return counted.exchanges.claimDue(newLease(systemRandom))
  }),
  fail: {
    usual: async (counted, store) =>
      counted.exchanges.fail(await claimed(store, 'acme'), { ...GRACE, reason: 'state_refused' }),
    worst: async (counted, store) =>
      counted.exchanges.fail(await claimed(store, 'acme'), {
        ...GRACE,
        reason: 'restart_needed',
      }),
  },
  endUnsentKeys: {
    usual: (counted) => counted.cleanUp(NOON, 200),
    worst: async (counted, store) => {
      for (const account of Array.from({ length: 20 }, (_, i) => `account-${i}`)) {
        await connected(store, account, `older-${account}`)
        await connected(store, account, `newer-${account}`)
        const unsent = await claimed(store, `${account}-unsent`)
        await store.exchanges.fail(unsent, { ...GRACE, reason: 'wazzup_unavailable' })
      }
      await store.setTime(after(NOON, hours(24)))
      return counted.cleanUp(after(NOON, hours(24)), 200)
    },
  },
  disconnect: {
    usual: async (counted, store) => {
      await connected(store, 'acme', 'key')
      return counted.connections.disconnect('acme', OPERATOR, NOON)
    },
    // Many generations, an exchange under way, and changes that wait.
    worst: async (counted, store) => {
      for (const key of ['key-1', 'key-2', 'key-3', 'key-4']) await connected(store, 'acme', key)
      await store.changes.accept('acme', [changed('c-1')])
      await claimed(store, 'acme')
      return counted.connections.disconnect('acme', OPERATOR, NOON)
    },
  },
  erase: {
    usual: async (counted, store) => {
      await connected(store, 'acme', 'key')
      await store.connections.disconnect('acme', OPERATOR, NOON)
      return counted.connections.erase('acme', OPERATOR, NOON)
    },
    // Somebody has logged in for it, and no more.
    worst: async (counted, store) => {
      await identified(store, 'acme')
      return counted.connections.erase('acme', OPERATOR, NOON)
    },
  },
  // By the one process of a file, when it starts and when its clock is set.
  endLeases: both((_counted, _store, run) => run(endLeases)),
  correctPast: both((_counted, _store, run) => run(correctPast)),
  followClock: both((_counted, _store, run) => run(followClock, minutes(1))),
  announce: both((counted) => counted.sealingKeys.announce({ name: 'host:1', id: 'one', keys: ['k1'] })),
  noteHealth: {
    usual: async (counted, store) =>
      counted.connections.noteHealth((await connected(store, 'acme', 'key')).generationId, 'invalid', NOON),
    // Its upload is under way.
    worst: async (counted, store) =>
      counted.connections.noteHealth((await uploading(store)).generationId, 'invalid', NOON),
  },
  noteProbe: both(async (counted, store) => {
    await connected(store, 'acme', 'key')
    const key = await store.connections.claimProbe(LEASE, hours(24))
    if (!key) throw new Error('no apiKey is due')
    return counted.connections.noteProbe({ ...LEASE, key }, { ago: 0 }, REFUSED)
  }),
  noteCheck: both(async (counted, store) => {
    const seen = { status: 'failed', reason: 'address_overwritten' } as const
    return counted.uploads.noteCheck(await comparing(store), { step: seen, upload: seen })
  }),
  endCheck: both(async (counted, store) => counted.uploads.endCheck(await comparing(store), 0, REFUSED)),
  setInstalls: both((counted) => counted.installs.set('it is moved', OPERATOR, NOON)),
  start: {
    usual: async (counted, store) => {
      await uploading(store)
      return counted.uploads.start('acme', UPLOAD_KINDS, NOON)
    },
    // All of it, once more.
    worst: async (counted, store) => {
      await recordKey(store, await claimed(store, 'acme'), 'key', false)
      return counted.uploads.start('acme', UPLOAD_KINDS, NOON)
    },
  },
  release: {
    usual: (counted, store) => releaseOf(counted, store, 'running'),
    worst: (counted, store) => releaseOf(counted, store, 'done'),
  },
  claimDeliveries: both(async (counted, store) => {
    await connected(store, 'acme', 'key')
    return counted.deliveries.claimDue(DELIVERY)
  }),
  endDeliveries: {
    usual: async (counted, store) =>
      counted.deliveries.end(await taken(store), { status: 'delivered', reason: null }),
    // In each of the ways that there are, at the same time, while another one is taken.
    worst: async (counted, store) => {
      const ways = [
        { status: 'delivered', reason: null },
        { status: 'dropped', reason: 'gone' },
        { status: 'failed', reason: 'unreadable' },
      ] as const
      for (const { status } of ways) await connected(store, `the ${status}`, `the key of ${status}`)
      const all = [await takenNow(store), await takenNow(store), await takenNow(store)]
      const ended = ways.map((way, i) => counted.deliveries.end(all[i] ?? noneIsDue(), way))
      return Promise.all([...ended, counted.deliveries.claimDue(DELIVERY)])
    },
  },
  refuseDelivery: {
    usual: async (counted, store) => counted.deliveries.refused(await taken(store), REFUSAL),
    worst: async (counted, store) => {
      await store.deliveries.refused(await taken(store), REFUSAL)
      await connected(store, 'nordwind', 'another key')
      await store.setTime(after(NOON, minutes(11)))
      const [first, second] = [await takenNow(store), await takenNow(store)]
      const [ofAcme, other] = first.crmAccountId === 'acme' ? [first, second] : [second, first]
      // One that others are taken beside steps aside.
      await store.deliveries.end(other, { status: 'delivered', reason: null })
      return counted.deliveries.refused(ofAcme, REFUSAL)
    },
  },
  retry: {
    usual: async (counted) => counted.deliveries.retry('evt_nobody_1'),
    worst: async (counted, store) => {
      const delivery = await taken(store)
      await store.deliveries.end(delivery, { status: 'failed', reason: 'unreadable' })
      return counted.deliveries.retry(delivery.id)
    },
  },
  drop: both(async (counted, store) => counted.deliveries.drop((await taken(store)).id)),
  accept: {
    usual: async (counted, store) => {
      await connected(store, 'acme', 'key')
      return counted.changes.accept('acme', [changed('c-1')])
    },
    worst: acceptFull,
  },
  claimChanges: both(async (counted, store) => {
    await withChanges(store)
    return counted.changes.claimDue(LEASE)
  }),
  commitChanges: {
    usual: (counted, store) => commitChanges(counted, store, []),
    worst: (counted, store) => commitChanges(counted, store, ['x', 'y']),
  },
  commit: {
    usual: (counted, store) => commitOf(counted, store, progress(['contacts'], 0)),
    // A change waits that is older than what the upload has brought.
    worst: (counted, store) =>
      commitOf(counted, store, {
        ...progress(['deals', 'webhooks'], 2),
        brought: { kind: 'contacts', ids: ['c-1'], upTo: 1 },
      }),
  },
}

/** As many as may wait, and all of them once more. */
async function acceptFull(counted: Store, store: Store) {
  await connected(store, 'acme', 'key')
  const all = Array.from({ length: MOST_WAITING }, (_, i) => changed(`c-${i}`))
  for (let n = 0; n < all.length; n += 20_000) await store.changes.accept('acme', all.slice(n, n + 20_000))
  return counted.changes.accept('acme', [changed('c-1')])
}

const changed = (rowId: string) => ({ id: systemRandom(16), kind: 'contacts', rowId, row: '{}' }) as const

async function withChanges(store: Store) {
  await connected(store, 'acme', 'key')
  await store.changes.accept('acme', [changed('c-1')])
}

async function commitChanges(counted: Store, store: Store, reasons: readonly string[]) {
  await withChanges(store)
  const claim = await store.changes.claimDue(LEASE)
  if (!claim) throw new Error('no changes are due')
  const rejects = reasons.map((reason) => ({ rowId: 'c-1', reason }))
  const done = { kind: 'contacts', op: 'upsert', over: [], sent: 0, rejected: 1 } as const
  return counted.changes.commit(claim, { ...done, rejects, lease: minutes(2) })
}

function both(one: Case) {
  return { usual: one, worst: one }
}

const DELIVERY = { runner: 'sender', lease: minutes(1) }
const REFUSAL = { reason: 'events_failed', wait: 0 }

async function taken(store: Store) {
  await connected(store, 'acme', 'key')
  return takenNow(store)
}

async function takenNow(store: Store) {
  const delivery = await store.deliveries.claimDue(DELIVERY)
  return delivery ?? noneIsDue()
}

function noneIsDue(): never {
  throw new Error('no event is due')
}

/** Somebody who is comparing an address. */
async function comparing(store: Timed) {
  await uploading(store)
  const claim = await store.uploads.claimDue(LEASE)
  if (!claim) throw new Error('no upload is due')
  await store.uploads.commit(claim, progress(['webhooks'], 0))
  const trouble = { tries: 0, spent: 0 }
  await store.uploads.release(claim, { status: 'done', reason: null, wait: null, trouble })
  await store.setTime(after(NOON, hours(24)))
  await store.uploads.claimCheck(LEASE, hours(24))
  return claim
}

async function releaseOf(counted: Store, store: Store, status: 'running' | 'done') {
  await uploading(store)
  const claim = await store.uploads.claimDue({ runner: 'runner', lease: minutes(2) })
  if (!claim) throw new Error('no upload is due')
  return counted.uploads.release(claim, { status, reason: null, wait: 0, trouble: { tries: 0, spent: 0 } })
}

async function uploading(store: Store) {
  const exchange = await claimed(store, 'acme')
  await recordKey(store, exchange, 'key', true)
  return exchange
}

async function commitOf(counted: Store, store: Store, commit: UploadCommit) {
  await uploading(store)
  await store.changes.accept('acme', [changed('c-1')])
  const claim = await store.uploads.claimDue({ runner: 'runner', lease: commit.lease })
  if (!claim) throw new Error('no upload is due')
  return counted.uploads.commit(claim, commit)
}

const progress = (kinds: readonly ('contacts' | 'deals' | 'webhooks')[], rejects: number): UploadCommit => ({
  steps: kinds.map((kind) => ({
    ...{ kind, status: 'done', reason: null, read: 3, sent: 3, rejected: 0, total: 3 },
    ...{
      runsFor: null,
      cursor: null,
      rowOnPage: 0,
      lastRow: null,
      pages: 1,
      landmark: null,
    },
  })),
  rejects: Array.from({ length: rejects }, (_, i) => ({
    ...{ kind: 'contacts', rowId: `c-${i}`, position: i + 1, reason: 'x' },
  })),
  lease: minutes(2),
})
