import { expect, test } from 'vitest'
import { connected, NOON } from '../../support/attempts.ts'
import { ask, internalFor } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

const post = (changes: unknown, account = 'acme') =>
  ask(at, `/v1/connections/${account}/changes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ changes }),
  })
const user = (id: unknown, more: object = {}) => ({
  kind: 'users',
  op: 'upsert',
  row: { id, name: 'Ann', ...more },
})
const standing = async () => (await ask(at, '/v1/connections/acme/changes')).body

test('changes are taken for a connected customer, and counted', async () => {
  await connected(at.store, 'acme', 'key')
  const answer = await post([
    user('u-1'),
    user('u-1', { name: 'Anna' }),
    { kind: 'deals', op: 'delete', id: 7 },
  ])
  expect(answer).toMatchObject({ status: 202, body: { accepted: 3, waiting: 2 } })
  expect(await standing()).toMatchObject({ waiting: 2, sent: 0, rejected: 0, dropped: 0, waitsFor: null })
})

test('one wrong row is named, and none is taken', async () => {
  await connected(at.store, 'acme', 'key')
  const deep = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) as unknown
  const wrong = [
    { kind: 'pipelines', op: 'upsert', row: { id: 'p-1' } },
    { kind: 'users', op: 'erase', id: 'u-1' },
    user(''),
    user('u'.repeat(65)),
    user('a\u0000b'),
    user('u-1', { notes: 'x'.repeat(20_000) }),
    user('u-1', { notes: deep }),
    { kind: 'users', op: 'delete' },
    'users',
  ]
  for (const one of wrong) {
    const answer = await post([user('u-1'), one])
    expect([one, answer.status]).toEqual([one, 400])
    expect(answer.body).toMatchObject({
      code: 'bad_request',
      detail: expect.stringMatching(/^changes\.1/) as string,
    })
  }
  expect((await post([])).status).toBe(400)
  const nothing = await ask(at, '/v1/connections/acme/changes', {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: 'null' },
  })
  expect(nothing.body).toMatchObject({ detail: expect.stringMatching(/^Invalid input/) as string })
  expect((await post(Array.from({ length: 1001 }, (_, i) => user(`u-${i}`)))).status).toBe(400)
  expect(await standing()).toMatchObject({ waiting: 0 })
})

test('of many wrong rows the first five are named, by their places, and none is taken', async () => {
  await connected(at.store, 'acme', 'key')
  const good = (n: number) => Array.from({ length: n }, (_, i) => user(`u-${i}`))
  const detailOf = async (changes: object[]) => {
    const { status, body } = await post(changes)
    expect([status, await standing()]).toMatchObject([400, { waiting: 0, sent: 0, rejected: 0 }])
    return (body as { detail: string }).detail.split('; ')
  }
  const wrong = [
    user('', { name: 'Canary Person' }),
    { kind: 'canary', op: 'delete', id: 'd-1' },
    { kind: 'deals', op: 'delete', id: null },
  ]
  expect(await detailOf([...good(3), ...wrong, ...good(900)])).toEqual([
    'changes.3.row.id: is no id',
    expect.stringMatching(/^changes\.4\.kind: Invalid option/),
    'changes.5.id: is no id',
  ])
  const many = Array.from({ length: 20 }, () => user(''))
  const named = (await detailOf([...good(900), ...many])).map((one) => one.split(':')[0])
  expect(named).toEqual([900, 901, 902, 903, 904].map((place) => `changes.${place}.row.id`))
  expect((await detailOf([...wrong, ...many])).join()).not.toMatch(/canary/i)
})

test('nobody else has any: unknown, disconnected, or refused by Wazzup', async () => {
  expect((await post([user('u-1')])).body).toMatchObject({ code: 'unknown_connection' })
  const { generationId } = await connected(at.store, 'acme', 'key')
  await at.store.connections.noteHealth(generationId, 'invalid', NOON)
  expect(await post([user('u-1')])).toMatchObject({ status: 409, body: { code: 'not_connected' } })
})
