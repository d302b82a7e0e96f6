import { expect, test } from 'vitest'
import { TEST_EVENT } from '../../src/http/internal/schemas/events.ts'
import { EVENT_EXAMPLES } from '../../src/http/internal/openapi/event-webhooks.ts'
import { createEventReceiver } from '../../src/crm/event-receiver.ts'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { Secret } from '../../src/config/secret.ts'
import { hours, minutes, systemClock } from '../../src/shared/clock.ts'
import type { Store, UploadCommit } from '../../src/store/port.ts'
import { claimed, recordKey } from '../support/attempts.ts'
import { changesAtHand, contact, DONE, gone, refused, user } from '../support/changes-at-hand.ts'
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

test('once for each batch of changes with rejects: how many and why, and nothing of the rows', async () => {
  const { store, deliverAll, came, verify } = await eventsAtHand()
  const WRONG = ['canary-7', 'canary-gone']
  const { put, turn, requests, standing } = await changesAtHand({
    store: { ...store, setTime: async () => undefined },
    answer: (_, ids) => (ids.some((id) => WRONG.includes(id)) ? refused('INVALID_CONTACTS_DATA') : DONE),
  })
  const odd: Record<string, object> = {
    ...{ 'canary-1': { responsibleUserId: '' }, 'canary-2': { responsibleUserId: '' } },
    'canary-3': { uri: 'canary without a link' },
  }
  const ids = Array.from({ length: 150 }, (_, i) => `canary-${i}`)
  await put(user('canary-u', { name: 'Canary Person' }))
  await put(...ids.map((id) => contact(id, { name: 'Canary Person', ...odd[id] })))
  await put(gone('contacts', 'canary-gone'), gone('contacts', 'canary-x'), gone('users', 'canary-y'))
  await turn()
  expect(await standing()).toMatchObject({ waiting: 0, sent: 150, rejected: 4 })
  const kinds = requests.map((one) => one.split(' ', 2).join(' '))
  expect([...new Set(kinds)]).toEqual(['upsert users', 'upsert contacts', 'delete contacts', 'delete users'])
  await deliverAll()
  const told = came.filter(({ body }) => body.type === 'changes.rejected')
  const connection = { crmAccountId: 'acme', wazzupAccountId: '12345678', generation: 1 }
  const byWazzup = { reason: 'refused:INVALID_CONTACTS_DATA', count: 1 }
  expect(told.map((one) => verify(one))).toMatchObject([
    {
      data: {
        ...{ ...connection, sequence: 2, kind: 'contacts', op: 'upsert', sent: 97, rejected: 3 },
        reasons: [
          { reason: 'responsible_missing', count: 2 },
          { reason: 'uri_left_out', count: 1 },
          byWazzup,
        ],
      },
    },
    {
      data: {
        ...{ ...connection, sequence: 3, kind: 'contacts', op: 'delete', sent: 1, rejected: 1 },
        reasons: [byWazzup],
      },
    },
  ])
  for (const { raw } of told) expect(raw).not.toMatch(/canary|79011112233/i)
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
