import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { DemoCrm } from '../../../src/sandbox/crm/start-demo-crm.ts'
import { send } from '../wazzup/wazzup-at-hand.ts'
import { crmAtHand } from './crm-at-hand.ts'

const EVENT = {
  type: 'upload.failed',
  timestamp: '2026-01-02T03:04:05.000Z',
  data: { crmAccountId: 'acme', connectionId: 'c-1', sequence: 4, reason: 'export_refused' },
}

/** An event as a connector sends it. */
function tell(crm: DemoCrm, { id = 'evt_1', secret = crm.eventsSecret, body = JSON.stringify(EVENT) } = {}) {
  const at = new Date()
  return send(crm.eventsUrl, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'webhook-id': id },
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, JSON.stringify(EVENT)),
    },
    body,
  })
}

test('an event that the connector has signed is taken once, and people see it', async () => {
  const { crm } = await crmAtHand()
  expect((await send(crm.eventsPage)).text).not.toContain('upload.failed')
  for (const id of ['evt_1', 'evt_1', 'evt_2']) expect((await tell(crm, { id })).status).toBe(204)
  expect(crm.told()).toMatchObject([
    { id: 'evt_1', type: 'upload.failed', data: EVENT.data },
    { id: 'evt_2', type: 'upload.failed' },
  ])
  const { text } = await send(crm.eventsPage)
  for (const shown of ['Events from the connector', 'upload.failed', 'acme', 'export_refused'])
    expect(text).toContain(shown)
})

test('one that another secret has signed, that was changed on its way, or that nobody has signed is refused', async () => {
  const { crm } = await crmAtHand()
  const other = await crmAtHand()
  expect((await tell(crm, { secret: other.crm.eventsSecret })).status).toBe(401)
  expect((await tell(crm, { body: JSON.stringify({ ...EVENT, type: 'connection.connected' }) })).status).toBe(
    401,
  )
  const bare = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  expect((await send(crm.eventsUrl, bare)).status).toBe(401)
  expect(crm.told()).toEqual([])
})
