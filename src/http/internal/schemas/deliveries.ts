import { z } from 'zod'
import { moment } from './moment.ts'
import { cursor, limit, pageSchema } from './paging.ts'

const Status = z.enum(['waiting', 'delivered', 'failed', 'dropped']).meta({
  description:
    '`waiting`: to be sent. `failed`: not tried any more, until somebody says so. `dropped`: not wanted, by the receiver or by somebody here.',
})

/** The query of a listing. */
export const DeliveryListing = z.object({
  connection: z.string().optional().meta({ description: 'Only those of this CRM account.' }),
  status: Status.optional(),
  limit,
  cursor: cursor.transform(Number).pipe(z.int().nonnegative()).optional(),
})

export const DeliveryAnswer = z
  .object({
    id: z.string().meta({ description: 'The same in every try: `webhook-id`.' }),
    connectionId: z.string(),
    crmAccountId: z.string(),
    sequence: z.int().min(1).meta({ description: 'Grows by one per connection.' }),
    type: z.string(),
    status: Status,
    createdAt: moment,
    tries: z.int().nonnegative(),
    reason: z.string().nullable().meta({
      description: 'A code: why the last try did not succeed, or why it was dropped.',
    }),
    dueAt: moment.nullable().meta({
      description: 'When it is tried next; null when it waits for those before it, or is over.',
    }),
    endedAt: moment.nullable(),
  })
  .meta({ id: 'Delivery' })

export type DeliveryAnswer = z.output<typeof DeliveryAnswer>

export const OneDeliveryAnswer = DeliveryAnswer.extend({
  body: z.record(z.string(), z.unknown()).nullable().meta({
    description: 'What is sent; null once it is delivered or dropped.',
  }),
}).meta({ id: 'DeliveryWithBody' })

export type OneDeliveryAnswer = z.output<typeof OneDeliveryAnswer>

export const DeliveriesAnswer = pageSchema(DeliveryAnswer).meta({ id: 'Deliveries' })

export type DeliveriesAnswer = z.output<typeof DeliveriesAnswer>
