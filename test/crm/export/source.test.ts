import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createExportSource } from '../../../src/crm/export/source.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { crmAtHand } from '../../sandbox/crm/crm-at-hand.ts'

async function sourceAtHand(limits: { deadline?: number; maxPage?: number } = {}) {
  const { crm } = await crmAtHand({ exports: { sizes: { acme: { users: 3 } }, pageSize: 2 } })
  const url = new URL(`${crm.exportUrl}/?v=1`)
  const source = createExportSource({ url, token: () => crm.exportToken, clock: systemClock, ...limits })
  onTestFinished(() => source.close())
  const page = (cursor: string | null = null, crmAccountId = 'acme') =>
    source.page({ kind: 'users', crmAccountId, cursor })
  return { crm, page }
}

test('a page, and the one that it leads to', async () => {
  const { page } = await sourceAtHand()
  const first = await page()
  if (first.kind !== 'page') throw new Error(first.kind)
  expect(first.page).toMatchObject({ items: [{ id: 'acme-admin' }, { id: 'acme-user' }], total: 3 })
  expect(await page(first.page.next)).toMatchObject({ page: { items: [{}], next: null } })
})

test('a total that is not told is not known', async () => {
  const { crm, page } = await sourceAtHand()
  crm.exports.total = 'untold'
  expect(await page()).toMatchObject({ page: { total: null } })
})

const huge = { items: ['x'.repeat(5000)], next: null }

const packed = (coding: string, body: Buffer) =>
  fault.processThenReply(200, { body, headers: { 'content-encoding': coding } })

test('gzip and br are asked for, and unpacked', async () => {
  const { crm, page } = await sourceAtHand()
  const body = Buffer.from('{"items":[{"id":"u-1","name":"Анна"}],"next":null}')
  crm.exports.faults.push(packed('gzip', gzipSync(body)), packed('br', brotliCompressSync(body)))
  const whole = { kind: 'page', page: { items: [{ id: 'u-1', name: 'Анна' }], next: null } }
  expect([await page(), await page()]).toMatchObject([whole, whole])
})

const latin = { 'content-type': 'application/json' }

test.each([
  ['a packed page that is cut', packed('gzip', gzipSync('{"items":[],"next":null}').subarray(0, -8))],
  ['a page that is packed in an unknown way', packed('compress', Buffer.from('{}'))],
  [
    'a page in Latin-1 that does not say so',
    fault.processThenReply(200, { body: Buffer.from('{"items":["é"]}', 'latin1'), headers: latin }),
  ],
])('%s has a reason of its own', async (_, spoiled) => {
  const { crm, page } = await sourceAtHand()
  crm.exports.faults.push(spoiled)
  expect(await page()).toMatchObject({ kind: 'unavailable', code: 'export_encoding', status: 200 })
})

test('a refusal that cannot be read is a refusal', async () => {
  const { crm, page } = await sourceAtHand()
  crm.exports.faults.push(fault.refuse(401, { body: 'x', headers: { 'content-encoding': 'gzip' } }))
  expect(await page()).toMatchObject({ kind: 'refused', status: 401 })
})

test.each([
  ['a refusal', fault.refuse(401), { kind: 'refused', code: 'export_refused', status: 401 }],
  ['a failure', fault.unavailable(502), { kind: 'unavailable', code: 'export_failed', status: 502 }],
  ['too many requests', fault.rateLimited(3), { kind: 'unavailable', code: 'export_busy', retryAfter: 3000 }],
  ['a redirect', fault.redirect('/elsewhere'), { kind: 'unavailable', code: 'export_failed', status: 307 }],
  ['half a page', fault.processThenReply(200, { body: '{"items":[' }), { code: 'export_malformed' }],
  ['no items', fault.processThenReply(200, { body: { next: null } }), { code: 'export_malformed' }],
  ['no next', fault.processThenReply(200, { body: { items: [] } }), { code: 'export_malformed' }],
  [
    'a page that is too large',
    fault.processThenReply(200, { body: huge }),
    { code: 'export_page_too_large' },
  ],
  ['a page that is too slow', fault.drop('hang'), { code: 'export_too_slow' }],
  ['a page byte by byte', fault.trickle(50), { code: 'export_too_slow' }],
  ['a reset', fault.drop('reset'), { kind: 'unavailable', code: 'export_out_of_reach' }],
])('%s is told apart', async (_, spoiled, expected) => {
  const { crm, page } = await sourceAtHand({ deadline: 500, maxPage: 4000 })
  crm.exports.faults.push(spoiled)
  expect(await page()).toMatchObject(expected)
})

test('an account that is not there is refused', async () => {
  const { page } = await sourceAtHand()
  expect(await page(null, 'nobody & co')).toMatchObject({ kind: 'refused', status: 404 })
})
