import { z } from 'zod'
import type { createDocument, ZodOpenApiPathsObject } from 'zod-openapi'
import type { StoreEvent } from '../../../store/port.ts'
import { EVENTS, TEST_EVENT } from '../schemas/events.ts'
import { json } from './responses.ts'

type Webhooks = NonNullable<Parameters<typeof createDocument>[0]['webhooks']>

const timestamp = '2026-11-23T12:00:00.000Z'

const about = {
  ...{ crmAccountId: 'acme', connectionId: 'Zb5Vc1oUu0J9c1Yw', wazzupAccountId: '12345678' },
  ...{ generation: 1, sequence: 1 },
}

const sent = { kind: 'contacts', status: 'done', reason: null, read: 40, sent: 40, rejected: 0 }

interface Told {
  summary: string
  facts: object
}

const TOLD: Record<StoreEvent['type'], Told> = {
  'connection.connected': {
    summary: 'A customer has connected, for the first time or after a disconnect.',
    facts: {},
  },
  'connection.reconnected': {
    summary: 'A connected customer has connected once more: there are new keys.',
    facts: { previousWazzupAccountId: '87654321' },
  },
  'connection.failed': { summary: 'A connect has failed.', facts: { reason: 'state_refused' } },
  'connection.disconnected': {
    summary: 'A connection has ended, its keys are erased.',
    facts: { cause: 'operator' },
  },
  'connection.invalid': { summary: 'Wazzup refuses the apiKey.', facts: {} },
  'connection.recovered': { summary: 'Wazzup takes the apiKey once more.', facts: {} },
  'upload.finished': { summary: 'The data of the customer has been sent.', facts: { steps: [sent] } },
  'upload.failed': {
    summary: 'An upload has ended, and something of it has failed.',
    facts: {
      reason: 'export_refused',
      steps: [{ ...sent, status: 'failed', reason: 'export_refused', sent: 0 }],
    },
  },
  'webhooks.registered': { summary: 'Wazzup calls your webhooks address.', facts: {} },
  'webhooks.lost': {
    summary: 'Wazzup does not call your webhooks address any more.',
    facts: { reason: 'address_overwritten' },
  },
  'changes.rejected': {
    summary: 'Some changes could not be sent, or not as they were.',
    facts: {
      ...{ kind: 'contacts', op: 'upsert', sent: 98, rejected: 2 },
      reasons: [{ reason: 'chats_not_usable', count: 2 }],
    },
  },
}

/** One example of each event, as it is sent. */
export const EVENT_EXAMPLES: Record<string, object> = {
  ...Object.fromEntries(
    Object.entries(TOLD).map(([type, { facts }]) => [
      type,
      { type, timestamp, data: { ...about, ...facts } },
    ]),
  ),
  'test.event': { type: 'test.event', timestamp, data: {} },
}

const Headers = z.object({
  'webhook-id': z.string().meta({ description: 'The same in every try: ignore one that you have seen.' }),
  'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970, of this try.' }),
  'webhook-signature': z.string().meta({ description: 'By EVENTS_SECRET: see standardwebhooks.com.' }),
})

const webhook = (type: string, summary: string, schema: z.ZodType): ZodOpenApiPathsObject[string] => ({
  post: {
    ...{ operationId: type, tags: ['events'], summary, security: [], requestParams: { header: Headers } },
    requestBody: { required: true, content: json(schema, EVENT_EXAMPLES[type]) },
    responses: {
      200: { description: 'Any 2xx: you have it.' },
      410: { description: 'Never send this one again.' },
      default: { description: 'It is sent again.' },
    },
  },
})

/** What the service sends to `EVENTS_URL`. */
export const eventWebhooks: Webhooks = {
  ...Object.fromEntries(
    Object.entries(EVENTS).map(([type, schema]) => [
      type,
      webhook(type, TOLD[type as StoreEvent['type']].summary, schema),
    ]),
  ),
  'test.event': webhook('test.event', 'A try, by `wauth check`.', TEST_EVENT),
}
