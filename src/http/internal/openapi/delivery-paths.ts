import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { PROBLEMS } from '../problems.ts'
import {
  DeliveriesAnswer,
  DeliveryListing,
  OneDeliveryAnswer,
  type DeliveryAnswer,
} from '../schemas/deliveries.ts'
import { problemResponses, SEAL_PROBLEMS } from './problem-responses.ts'
import { json } from './responses.ts'

const DeliveryId = z.object({
  id: z
    .string()
    .meta({ description: 'As `webhook-id` names it.', examples: ['evt_3f9a2c81d0b4_Zb5Vc1oUu0J9c1Yw_1'] }),
})

const delivery: DeliveryAnswer = {
  ...{
    id: 'evt_3f9a2c81d0b4_Zb5Vc1oUu0J9c1Yw_1',
    connectionId: 'Zb5Vc1oUu0J9c1Yw',
    crmAccountId: 'acme',
    sequence: 1,
  },
  ...{ type: 'connection.connected', status: 'failed', createdAt: '2026-11-23T12:00:00.000Z', tries: 9 },
  ...{ reason: 'events_failed', dueAt: null, endedAt: '2026-11-23T12:10:12.000Z' },
}

const withBody: OneDeliveryAnswer = {
  ...delivery,
  body: {
    ...{ type: 'connection.connected', timestamp: '2026-11-23T12:00:00.000Z' },
    data: {
      ...{ crmAccountId: 'acme', connectionId: 'Zb5Vc1oUu0J9c1Yw', wazzupAccountId: '12345678' },
      ...{ generation: 1, sequence: 1 },
    },
  },
}

const waiting: OneDeliveryAnswer = {
  ...withBody,
  ...{ status: 'waiting', dueAt: '2026-11-23T13:00:00.000Z', endedAt: null },
}

const dropped: OneDeliveryAnswer = { ...withBody, status: 'dropped', reason: 'by_operator', body: null }

const act = (operationId: string, summary: string, example: OneDeliveryAnswer) => ({
  post: {
    ...{ operationId, tags: ['deliveries'], summary, requestParams: { path: DeliveryId } },
    responses: {
      200: { description: 'As it is now.', content: json(OneDeliveryAnswer, example) },
      ...problemResponses(PROBLEMS.unknownDelivery, PROBLEMS.deliveryOver, ...SEAL_PROBLEMS),
    },
  },
})

export const deliveryPaths: ZodOpenApiPathsObject = {
  '/v1/deliveries': {
    get: {
      operationId: 'listDeliveries',
      tags: ['deliveries'],
      summary: 'Events that are, or were, to be sent to you, the oldest first.',
      description: 'What is delivered or dropped is kept for three days, what has failed for thirty.',
      requestParams: { query: DeliveryListing },
      responses: {
        200: {
          description: 'One page.',
          content: json(DeliveriesAnswer, { items: [delivery], next: 'MTI' }),
        },
        ...problemResponses(PROBLEMS.badRequest),
      },
    },
  },
  '/v1/deliveries/{id}': {
    get: {
      operationId: 'getDelivery',
      tags: ['deliveries'],
      summary: 'One event, with what is sent.',
      requestParams: { path: DeliveryId },
      responses: {
        200: { description: 'The event.', content: json(OneDeliveryAnswer, withBody) },
        ...problemResponses(PROBLEMS.unknownDelivery, ...SEAL_PROBLEMS),
      },
    },
  },
  '/v1/deliveries/{id}/retry': act(
    'retryDelivery',
    'Sends an event that waits or has failed, at once.',
    waiting,
  ),
  '/v1/deliveries/{id}/drop': act('dropDelivery', 'Takes an event away that waits or has failed.', dropped),
}
