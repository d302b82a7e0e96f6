import { expect, test } from 'vitest'
import { TEST_EVENT } from '../../src/http/internal/schemas/events.ts'
import { EVENT_EXAMPLES } from '../../src/http/internal/openapi/event-webhooks.ts'
import { createEventReceiver } from '../../src/crm/event-receiver.ts'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { Secret } from '../../src/config/secret.ts'
import { hours, minutes, systemClock } from '../../src/shared/clock.ts'
import type { Store, UploadCommit } from '../../src/store/port.ts'
import { claimed, recordKey } from '../support/attempts.ts'
import { eventsAtHand, receiver, takes } from './events-at-hand.ts'

const LEASE = { runner: 'runner', lease: minutes(2) }

const REGISTERED: UploadCommit = {
  steps: [
    {
      ...{ kind: 'webhooks', status: 'done', reason: null, read: 1, sent: 1, rejected: 0, total: 1 },
      ...{ runsFor: null, cursor: null, rowOnPage: 0, lastRow: null, pages: 1, landmark: null },
    },
  ],
  rejects: [],
  lease: LEASE.lease,
}

/** A connected account whose upload has begun. */
async function uploading(store: Store, account: string) {
  await recordKey(store, await claimed(store, account), `key of ${account}`, true)
  const claim = await store.uploads.claimDue(LEASE)
  if (!claim) throw new Error('no upload is due')
  return claim
}

const OVER = { wait: null, trouble: { tries: 0, spent: 0 } }

test('the CRM is told how an upload has ended, and what becomes of the webhooks address', async () => {
  const { store, pass, deliverAll, came, news } = await eventsAtHand()
  const claim = await uploading(store, 'acme')
  await store.uploads.commit(claim, REGISTERED)
  await store.uploads.release(claim, { status: 'done', reason: null, ...OVER })
  await deliverAll()
  expect(came.at(-1)?.body.data).toMatchObject({ steps: [{ kind: 'webhooks', status: 'done', sent: 1 }] })
  await pass(hours(24))
  await store.uploads.claimCheck(LEASE, hours(24))
  const lost = { status: 'failed', reason: 'address_overwritten' } as const
  await store.uploads.noteCheck(claim, { step: lost, upload: lost })
  const other = await uploading(store, 'nordwind')
  await store.uploads.release(other, { status: 'failed', reason: 'export_refused', ...OVER })
  await deliverAll()
  const facts = came.map(({ body }) => body.data.reason).filter((reason) => reason !== undefined)
  expect(facts.sort()).toEqual(['address_overwritten', 'export_refused'])
  expect(news().sort()).toEqual([
    ...['connection.connected acme 1', 'connection.connected nordwind 1', 'upload.failed nordwind 2'],
    ...['upload.finished acme 3', 'webhooks.lost acme 4', 'webhooks.registered acme 2'],
  ])
})

test('each example of the document can be sent, signed, and is taken', async () => {
  const secret = newWebhookSecret()
  const { url, came } = await receiver(takes, [secret])
  const sender = createEventReceiver({ url, clock: systemClock, secrets: [new Secret(secret)] })
  for (const [type, example] of Object.entries(EVENT_EXAMPLES)) {
    const sent = { id: `evt_${type}`, body: JSON.stringify(example) }
    expect(await sender.post(sent)).toEqual({ kind: 'taken' })
  }
  await sender.close()
  expect(came.map(({ id }) => id)).toEqual(Object.keys(EVENT_EXAMPLES).map((type) => `evt_${type}`))
  expect(TEST_EVENT.safeParse(came.at(-1)?.body).success).toBe(true)
})
