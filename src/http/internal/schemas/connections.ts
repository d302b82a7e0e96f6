import { z } from 'zod'
import { changedSince, readConnectionsCursor } from './changed-since.ts'
import { moment } from './moment.ts'
import { cursor, limit, pageSchema } from './paging.ts'

const Status = z.enum(['connected', 'invalid', 'disconnected']).meta({
  description: '`invalid`: Wazzup refuses the apiKey; the keys still resolve.',
})

/** The query of a listing. Who has left a status would not be in a list of it, and be missed. */
export const Listing = z
  .object({
    status: Status.optional(),
    changedSince: changedSince.optional(),
    limit,
    cursor: cursor.transform(readConnectionsCursor).optional(),
  })
  .superRefine(({ status, changedSince, cursor }, context) => {
    const issue = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message })
    }
    if (status && changedSince)
      issue('status', 'not together with changedSince: a connection that has left it would be missed')
    if (cursor && 'number' in cursor !== (changedSince !== undefined))
      issue('cursor', 'of another list: repeat the query with it')
  })

export type Listing = z.output<typeof Listing>

export const ConnectionAnswer = z
  .object({
    connectionId: z.string(),
    crmAccountId: z.string(),
    crmAccountName: z.string(),
    wazzupAccountId: z.string().nullable().meta({ description: 'Told by the link, proved by nobody.' }),
    status: Status,
    generation: z.int().min(1).nullable().meta({ description: 'Of the keys now; null when there are none.' }),
    connectedAt: moment,
    invalidSince: moment.nullable(),
    disconnectedAt: moment.nullable(),
    warning: z.string().nullable().meta({
      description: 'A code: why the upload, or above all the webhooks address, has failed.',
    }),
  })
  .meta({ id: 'Connection' })

export type ConnectionAnswer = z.output<typeof ConnectionAnswer>

export const ConnectionsAnswer = pageSchema(ConnectionAnswer)
  .extend({
    position: z.string().meta({
      description:
        '`changedSince` of the next reading, once all pages of this one are read. The same on all of them. Opaque.',
    }),
  })
  .meta({ id: 'Connections' })

export type ConnectionsAnswer = z.output<typeof ConnectionsAnswer>

export const ApiKeyAnswer = z.object({ apiKey: z.string() }).meta({ id: 'ApiKey' })

export type ApiKeyAnswer = z.output<typeof ApiKeyAnswer>

export const DisconnectedAnswer = z
  .object({
    status: z.literal('disconnected'),
    subscriptions: z
      .enum(['off', 'none', 'left_to_their_owner', 'failed'])
      .nullable()
      .meta({
        description:
          'What became of the webhooks at Wazzup: `off`; `none`, as there was no address; `left_to_their_owner`, as another ' +
          'system has its address there or another connection has the Wazzup account; `failed`, which goes on being tried ' +
          'for a day. Null when the connection had ended before.',
      }),
  })
  .meta({ id: 'Disconnected' })

export type DisconnectedAnswer = z.output<typeof DisconnectedAnswer>

export const ErasedAnswer = z
  .object({
    status: z.literal('erased'),
    rows: z.int().min(0).meta({ description: 'In which somebody stood; 0 when it was done before.' }),
    remains: z
      .array(z.object({ code: z.string(), detail: z.string() }))
      .meta({ description: 'Where something may still lie, and until when; it differs by database.' }),
  })
  .meta({ id: 'Erased' })

export type ErasedAnswer = z.output<typeof ErasedAnswer>
