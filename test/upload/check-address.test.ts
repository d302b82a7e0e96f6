import { expect, test } from 'vitest'
import { SealError } from '../../src/crypto/sealer.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, hours, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { Store, UploadStep } from '../../src/store/port.ts'
import { ALL_SUBSCRIPTIONS } from '../../src/upload/address.ts'
import { checkOneAddress } from '../../src/upload/check-address.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { resultOf } from '../../src/upload/result-of.ts'
import type { Webhooks } from '../../src/wazzup/webhooks.ts'
import { claimed, NOON, recordKey } from '../support/attempts.ts'
import { collectLog } from '../support/log-lines.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

type Answer = Awaited<ReturnType<Webhooks['read']>>
type Ended = Pick<UploadStep, 'kind' | 'status' | 'reason'>

const OURS = new URL('https://crm.example/hook')
const TOMORROW = after(NOON, hours(24))

const registered = (address: string | null): Answer => ({
  kind: 'read',
  settings: { address, subscriptions: ALL_SUBSCRIPTIONS },
})
const contacts: Ended = { kind: 'contacts', status: 'done_with_rejects', reason: null }
const done: Ended = { kind: 'webhooks', status: 'done', reason: null }
const failed = (reason: string): Ended => ({ kind: 'webhooks', status: 'failed', reason })

/** An upload whose steps ended at noon, and Wazzup, which answers with `answers` in their order. */
async function uploadAtHand(steps: readonly Ended[], answers: Answer[]) {
  const store = await storeAtHand()
  await recordKey(store, await claimed(store, 'acme'), 'key', true)
  const claim = await store.uploads.claimDue({ runner: 'runner', lease: minutes(2) })
  if (!claim) throw new Error('nothing was due')
  const place = { cursor: null, rowOnPage: 0, lastRow: null, pages: 0, landmark: null }
  const counts = { total: null, read: 0, sent: 0, rejected: 0 }
  const whole = steps.map((step) => ({ ...place, ...counts, ...step, runsFor: null }))
  await store.uploads.commit(claim, { steps: whole, rejects: [], lease: minutes(2) })
  await store.uploads.release(claim, { ...resultOf(steps), wait: null, trouble: { tries: 0, spent: 0 } })
  let reads = 0
  const read: Webhooks['read'] = async () => {
    const answer = answers[reads]
    reads += 1
    if (!answer) throw new Error('Wazzup was asked too often')
    return answer
  }
  const check = async (now: Date, over: object = {}) => {
    await store.setTime(now)
    return checkOneAddress({
      ...{ store, source: null, webhooksUrl: OURS },
      upsert: () => Promise.reject(new Error()),
      readPhone: () => ({ kind: 'phone_not_usable' }),
      entities: { ids: () => Promise.reject(new Error()), count: () => Promise.reject(new Error()) },
      webhooks: { read, change: () => Promise.reject(new Error()) },
      ...{ clock: () => now, monotonic: () => now.getTime(), random: systemRandom, jitter: () => 0 },
      ...{
        log: createLogger('silent'),
        meter: createMetrics().upload,
        narrowings: createNarrowings(() => 0),
        rooms: createRooms(() => 0),
        ...over,
      },
    })
  }
  const address = async () => {
    const upload = await store.uploads.find('acme')
    const step = upload?.steps.find(({ kind }) => kind === 'webhooks')
    return { upload: [upload?.status, upload?.reason], step: [step?.status, step?.reason] }
  }
  return { store, check, address, reads: () => reads }
}

test('the whole upload fails when its address is lost, and recovers when the address is back', async () => {
  const other = registered('https://other.example/hook')
  const { check, address } = await uploadAtHand([contacts, done], [other, registered(OURS.href)])
  await check(TOMORROW)
  const lost = ['failed', 'address_overwritten']
  expect(await address()).toEqual({ upload: lost, step: lost })
  await check(after(TOMORROW, hours(24)))
  expect(await address()).toEqual({ upload: ['done_with_rejects', null], step: ['done', null] })
})

test('an address that is back does not hide another step that has failed', async () => {
  const deals: Ended = { kind: 'deals', status: 'failed', reason: 'not_open' }
  const steps = [deals, failed('address_removed')]
  const { check, address } = await uploadAtHand(steps, [registered(OURS.href)])
  await check(TOMORROW)
  expect(await address()).toEqual({ upload: ['failed', 'not_open'], step: ['done', null] })
})

test.each([
  ['address_refused', null, 'address_refused'],
  ['address_not_valid', null, 'address_not_valid'],
  ['address_removed', 'https://other.example/hook', 'address_overwritten'],
  ['address_overwritten', null, 'address_removed'],
  ['address_refused', 'https://other.example/hook', 'address_overwritten'],
])('after %s, a comparison that finds %s says %s', async (before, found, reason) => {
  const { check, address, reads } = await uploadAtHand([failed(before)], [registered(found)])
  await check(TOMORROW)
  expect(reads()).toBe(1)
  expect(await address()).toEqual({ upload: ['failed', reason], step: ['failed', reason] })
})

test.each<[string, Answer, number]>([
  ['5xx', { kind: 'unavailable', status: 503, code: 'server_error', maybeDone: true }, hours(1)],
  ['429', { kind: 'rate_limited', status: 429, retryAfter: null }, hours(1)],
  ['429 with a pause', { kind: 'rate_limited', status: 429, retryAfter: minutes(5) }, minutes(5)],
])('an address that cannot be read is tried again soon: %s', async (_, answer, pause) => {
  const { check, address, reads } = await uploadAtHand([done], [answer, registered(null)])
  await check(TOMORROW)
  expect(await check(after(TOMORROW, pause - 1))).toBe(false)
  expect(await address()).toMatchObject({ step: ['done', null] })
  await check(after(TOMORROW, pause))
  expect(reads()).toBe(2)
  expect(await address()).toMatchObject({ upload: ['failed', 'address_removed'] })
})

const noted: Ended = { kind: 'webhooks', status: 'done', reason: 'address_not_verified' }
const untold = {
  ...{ messagesAndStatuses: null, contactsAndDealsCreation: null },
  ...{ channelsUpdates: null, templateStatus: null },
}
const silent: Answer = { kind: 'read', settings: { address: OURS.href, subscriptions: untold } }
const oneOff: Answer = {
  kind: 'read',
  settings: { address: OURS.href, subscriptions: { ...untold, channelsUpdates: false } },
}

test.each<[string, Ended, Answer, [string, string | null]]>([
  ['an answer that cannot be read', done, { kind: 'unreadable', status: 200 }, ['done', null]],
  ['a route that is not there', done, { kind: 'refused', status: 404, code: null, data: 0 }, ['done', null]],
  ['an answer without switches', done, silent, ['done', null]],
  ['a switch that is off', done, oneOff, ['failed', 'subscriptions_off']],
  ['an answer without switches', noted, silent, ['done', 'address_not_verified']],
  ['an answer that cannot be read', noted, { kind: 'unreadable', status: 200 }, ['done', noted.reason]],
  ['our address', noted, registered(OURS.href), ['done', null]],
  ['our address in another spelling', noted, registered('https://CRM.example:443/h%6Fok'), ['done', null]],
  ['another address', noted, registered('https://other.example/'), ['failed', 'address_overwritten']],
  ['no address', noted, registered(null), ['failed', 'address_removed']],
  ['a switch that is off', noted, oneOff, ['failed', 'subscriptions_off']],
])('a comparison that finds %s, after %o', async (_, before, answer, after) => {
  const log = collectLog()
  const { check, address } = await uploadAtHand([before], [answer])
  await check(TOMORROW, { log: createLogger('info', log.destination) })
  expect(await address()).toMatchObject({ step: after })
  const lost = after[0] === 'failed' ? 1 : 0
  expect(log.events('upload.address_lost')).toHaveLength(lost)
  expect(log.events('upload.address_back')).toEqual([])
})

test('an upload that has just registered its address is not asked about', async () => {
  const { check } = await uploadAtHand([done], [])
  expect(await check(after(NOON, hours(23)))).toBe(false)
})

/** Claims of comparisons, whose apiKey is read in this way. */
function readingKeys(store: Store, apiKey: () => string) {
  const claimCheck: typeof store.uploads.claimCheck = async (...args) => {
    const due = await store.uploads.claimCheck(...args)
    return due && { ...due, key: { ...due.key, apiKey } }
  }
  return { store: { ...store, uploads: { ...store.uploads, claimCheck } } }
}

test('a key that does not open is asked about once a day, and keeps nobody else waiting', async () => {
  const { store, check, address } = await uploadAtHand([done], [])
  const damaged = readingKeys(store, () => {
    throw new SealError('damaged', { code: 'seal_tampered' })
  })
  expect(await check(TOMORROW, damaged)).toBe(true)
  expect(await check(after(TOMORROW, hours(23)), damaged)).toBe(false)
  expect(await check(after(TOMORROW, hours(24)), damaged)).toBe(true)
  expect(await address()).toMatchObject({ upload: ['done', null] })
})

test('a comparison that breaks off without an answer is made again in an hour, and not a day later', async () => {
  const { store, check, reads } = await uploadAtHand([done], [registered(OURS.href)])
  const broken = readingKeys(store, () => {
    throw new Error('unforeseen')
  })
  expect(await check(TOMORROW, broken)).toBe(true)
  expect(await check(after(TOMORROW, minutes(59)))).toBe(false)
  expect(await check(after(TOMORROW, hours(1)))).toBe(true)
  expect(reads()).toBe(1)
})

test('while nothing is let through to Wazzup no other is compared, and this one is due when it is', async () => {
  const held: Answer = {
    ...{ kind: 'unavailable', status: null, code: 'breaker_open', maybeDone: false },
    heldBack: seconds(10),
  }
  const { check, reads } = await uploadAtHand([done], [held, registered(OURS.href)])
  expect(await check(TOMORROW)).toBe(seconds(10))
  expect(await check(after(TOMORROW, seconds(10)))).toBe(true)
  expect(reads()).toBe(2)
})
