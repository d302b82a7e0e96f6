import { z } from 'zod'
import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'

/** While a change is open, Wazzup calls the address and waits up to 30 s for it (fact sheet, 4.1 and 5). */
const CHANGE_DEADLINE = seconds(40)

/** The four switches, under the names that the documents use; a missing one may count as off, so all are sent. */
export interface Subscriptions {
  messagesAndStatuses: boolean
  contactsAndDealsCreation: boolean
  channelsUpdates: boolean
  templateStatus: boolean
}

export const NO_SUBSCRIPTIONS: Subscriptions = {
  messagesAndStatuses: false,
  contactsAndDealsCreation: false,
  channelsUpdates: false,
  templateStatus: false,
}

/** Live answers have booleans, the documents strings (fact sheet, 4.2). */
const Switch = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .catch(false)

const Answer = z.object({
  webhooksUri: z.string().nullish(),
  subscriptions: z
    .object({
      messagesAndStatuses: Switch,
      contactsAndDealsCreation: Switch,
      channelsUpdates: Switch,
      templateStatus: Switch,
      // What live answers call the fourth.
      wabaTemplatesStatus: Switch,
    })
    .catch({ ...NO_SUBSCRIPTIONS, wabaTemplatesStatus: false }),
})

export interface WebhookSettings {
  /** Null when none is registered. */
  address: string | null
  subscriptions: Subscriptions
}

type Failed = Exclude<CallOutcome, { kind: 'done' }> | { kind: 'unreadable'; status: number }

export interface Webhooks {
  read(apiKey: string): Promise<{ kind: 'read'; settings: WebhookSettings } | Failed>
  /** Resolves when Wazzup has tried the address and taken it, or has refused. */
  change(apiKey: string, settings: WebhookSettings, deadline?: number): Promise<CallOutcome>
}

export const createWebhooks = (call: AuthorizedCall): Webhooks => ({
  async read(apiKey) {
    const outcome = await call({ method: 'GET', path: '/v3/webhooks', apiKey })
    if (outcome.kind !== 'done') return outcome
    const answer = Answer.safeParse(outcome.body)
    if (!answer.success) return { kind: 'unreadable', status: outcome.status }
    const { wabaTemplatesStatus, templateStatus, ...switches } = answer.data.subscriptions
    const subscriptions = { ...switches, templateStatus: templateStatus || wabaTemplatesStatus }
    return { kind: 'read', settings: { address: answer.data.webhooksUri || null, subscriptions } }
  },
  change: (apiKey, { address, subscriptions }, deadline = CHANGE_DEADLINE) =>
    call({
      method: 'PATCH',
      path: '/v3/webhooks',
      apiKey,
      body: { webhooksUri: address ?? '', subscriptions },
      deadline,
    }),
})
