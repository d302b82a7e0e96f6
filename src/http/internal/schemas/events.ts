import { z } from 'zod'
import type { EventBody, StoreEvent } from '../../../store/port.ts'
import { ChangeKind, ChangeOp } from './changes.ts'
import { moment } from './moment.ts'
import { UploadKind, UploadStatus } from './uploads.ts'

const about = {
  crmAccountId: z.string(),
  connectionId: z.string(),
  wazzupAccountId: z.string().nullable().meta({ description: 'Told by the link, proved by nobody.' }),
  generation: z.int().min(1).meta({ description: 'Of the keys that it is about.' }),
  sequence: z.int().min(1).meta({ description: 'Grows by one per connection.' }),
}

const reason = z.string().meta({ description: 'A code of docs/troubleshooting.md.' })

const step = z.object({
  kind: UploadKind,
  status: UploadStatus,
  reason: reason.nullable(),
  ...{ read: z.int().nonnegative(), sent: z.int().nonnegative(), rejected: z.int().nonnegative() },
})

const steps = z.array(step)

const event = <T extends string, Facts extends z.ZodRawShape>(type: T, facts: Facts) =>
  z
    .strictObject({ type: z.literal(type), timestamp: moment, data: z.strictObject({ ...about, ...facts }) })
    .meta({ id: `Event_${type.replace('.', '_')}` })

/** Every event, by its type: what the CRM is sent. */
export const EVENTS = {
  'connection.connected': event('connection.connected', {}),
  'connection.reconnected': event('connection.reconnected', {
    previousWazzupAccountId: z.string().nullable().meta({
      description: 'Of the keys before, if that was another Wazzup account; its webhooks are switched off.',
    }),
  }),
  'connection.failed': event('connection.failed', { reason }),
  'connection.disconnected': event('connection.disconnected', {
    cause: z.enum(['operator', 'taken_over']).meta({
      description: '`taken_over`: Wazzup gave the same apiKey to another CRM account.',
    }),
  }),
  'connection.invalid': event('connection.invalid', {}),
  'connection.recovered': event('connection.recovered', {}),
  'upload.finished': event('upload.finished', { steps }),
  'upload.failed': event('upload.failed', { reason: reason.nullable(), steps }),
  'webhooks.registered': event('webhooks.registered', {}),
  'webhooks.lost': event('webhooks.lost', { reason: reason.nullable() }),
  'changes.rejected': event('changes.rejected', {
    ...{ kind: ChangeKind, op: ChangeOp, sent: z.int().nonnegative(), rejected: z.int().nonnegative() },
    reasons: z.array(z.object({ reason, count: z.int().min(1) })).meta({
      description: 'Of the rows of one request that were not sent, or went without a part of them.',
    }),
  }),
} as const satisfies Record<StoreEvent['type'], z.ZodType<EventBody>>

/** Sent by `wauth check`: it is about nothing. */
export const TEST_EVENT = z
  .strictObject({ type: z.literal('test.event'), timestamp: moment, data: z.strictObject({}) })
  .meta({ id: 'Event_test_event' })
