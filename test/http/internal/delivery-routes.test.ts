import { expect, test } from 'vitest'
import { minutes } from '../../../src/shared/clock.ts'
import { connected } from '../../support/attempts.ts'
import { ask, internalFor } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

interface Page {
  items: { id: string; crmAccountId: string; type: string; status: string }[]
  next: string | null
}

const list = async (query = '') => (await ask(at, `/v1/deliveries${query}`)).body as unknown as Page
const post = (path: string) => ask(at, path, { method: 'POST' })

/** The events of two accounts, of which the first of acme has failed. */
async function events() {
  for (const key of ['1', '2']) await connected(at.store, 'acme', `key-${key}`)
  await connected(at.store, 'nordwind', 'key-3')
  const taken = await at.store.deliveries.claimDue({ runner: 'sender', lease: minutes(1) })
  if (!taken) throw new Error('no event was due')
  await at.store.deliveries.end(taken, { status: 'failed', reason: 'events_failed' })
  return taken.id
}

test('the list has pages, the oldest first, of one account or status; no body in it', async () => {
  await events()
  const first = await list('?limit=2')
  const rest = await list(`?limit=2&cursor=${first.next ?? ''}`)
  expect([...first.items, ...rest.items].map(({ crmAccountId, type }) => `${type} ${crmAccountId}`)).toEqual([
    'connection.connected acme',
    'connection.reconnected acme',
    'connection.connected nordwind',
  ])
  expect(rest.next).toBeNull()
  expect((await list('?connection=nordwind')).items).toHaveLength(1)
  expect((await list('?status=failed')).items).toMatchObject([{ crmAccountId: 'acme', status: 'failed' }])
  expect((await list('?status=failed&connection=nordwind')).items).toEqual([])
  expect(JSON.stringify(first)).not.toContain('"body"')
})

test.each(['?status=lost', '?limit=0', '?cursor=eHh4'])('%s is refused with a reason', async (query) => {
  expect(await ask(at, `/v1/deliveries${query}`)).toMatchObject({
    status: 400,
    body: { code: 'bad_request' },
  })
})

test('one is shown with what is sent', async () => {
  const id = await events()
  expect(await ask(at, `/v1/deliveries/${id}`)).toMatchObject({
    status: 200,
    body: { id, status: 'failed', reason: 'events_failed', body: { type: 'connection.connected' } },
  })
  expect(await ask(at, '/v1/deliveries/evt_x_1')).toMatchObject({
    status: 404,
    body: { code: 'unknown_delivery' },
  })
})

test('one that has failed is sent once more, or dropped; one that is over is neither', async () => {
  const id = await events()
  expect(await post(`/v1/deliveries/${id}/retry`)).toMatchObject({ status: 200, body: { status: 'waiting' } })
  expect(await post(`/v1/deliveries/${id}/drop`)).toMatchObject({
    status: 200,
    body: { status: 'dropped', reason: 'by_operator', body: null },
  })
  for (const act of ['retry', 'drop']) {
    expect(await post(`/v1/deliveries/${id}/${act}`)).toMatchObject({
      status: 409,
      body: { code: 'delivery_over' },
    })
    expect(await post(`/v1/deliveries/evt_x_1/${act}`)).toMatchObject({ status: 404 })
  }
})
