import { z } from 'zod'
import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'

/** Of a whole change. While it is open, Wazzup calls the address and waits up to 30 s for it (fact sheet, 4.1 and 5). */
const CHANGE_DEADLINE = seconds(40)

/** The four switches, under the names that the documents use; a missing one may count as off, so all are sent. */
export interface Subscriptions {
  messagesAndStatuses: boolean
  contactsAndDealsCreation: boolean
  channelsUpdates: boolean
  templateStatus: boolean
}

/** The switches as an answer shows them. Null: it does not, which says nothing about the switch. */
export type SeenSubscriptions = { [Name in keyof Subscriptions]: boolean | null }

export const NO_SUBSCRIPTIONS: Subscriptions = {
  messagesAndStatuses: false,
  contactsAndDealsCreation: false,
  channelsUpdates: false,
  templateStatus: false,
}

/** Live answers have booleans, the documents strings (fact sheet, 4.2). */
const Switch = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .nullable()
  .catch(null)

const Switches = z.object({
  messagesAndStatuses: Switch,
  contactsAndDealsCreation: Switch,
  channelsUpdates: Switch,
  templateStatus: Switch,
  // What live answers call the fourth.
  wabaTemplatesStatus: Switch,
})

const Answer = z.object({
  webhooksUri: z.string().nullable(),
  subscriptions: Switches.catch(Switches.parse({})),
})

const BOTH_NAMES = ['templateStatus', 'wabaTemplatesStatus']

/**
 * What goes alone when both were refused: first the name that live answers have and programs in use send, then the one of
 * the documents. Nobody is known to have tried either alone on a live account, so the address must work under both.
 */
const ONE_NAME = [['wabaTemplatesStatus'], ['templateStatus']]

/** Refusals that are about the address: they say nothing about the names of the switches. */
const OF_THE_ADDRESS = ['URI_NOT_VALID', 'TEST_POST_NOT_PASSED']

export interface WebhookSettings<S = Subscriptions> {
  /** Null when none is registered. */
  address: string | null
  subscriptions: S
}

type Failed = Exclude<CallOutcome, { kind: 'done' }> | { kind: 'unreadable'; status: number }

export interface Webhooks {
  read(
    apiKey: string,
    signal?: AbortSignal,
  ): Promise<{ kind: 'read'; settings: WebhookSettings<SeenSubscriptions> } | Failed>
  /** Resolves when Wazzup has tried the address and taken it, or has refused; of two refusals, with the first. */
  change(apiKey: string, settings: WebhookSettings, limits?: ChangeLimits): Promise<CallOutcome>
}

interface ChangeLimits {
  /** Ends the whole change early, however many requests it takes. */
  signal?: AbortSignal
  /** Asked before each request but the first. */
  mayGoOn?: () => Promise<boolean>
}

export const createWebhooks = (call: AuthorizedCall): Webhooks => ({
  async read(apiKey, signal) {
    const outcome = await call({ method: 'GET', path: '/v3/webhooks', apiKey, ...(signal && { signal }) })
    if (outcome.kind !== 'done') return outcome
    const answer = Answer.safeParse(outcome.body)
    if (!answer.success) return { kind: 'unreadable', status: outcome.status }
    const { wabaTemplatesStatus, templateStatus, ...switches } = answer.data.subscriptions
    const subscriptions = {
      ...switches,
      templateStatus: templateStatus || (wabaTemplatesStatus ?? templateStatus),
    }
    return { kind: 'read', settings: { address: answer.data.webhooksUri || null, subscriptions } }
  },
  async change(apiKey, { address, subscriptions }, limits = {}) {
    const { signal = AbortSignal.timeout(CHANGE_DEADLINE), mayGoOn = always } = limits
    const { templateStatus, ...switches } = subscriptions
    const send = (names: readonly string[]) => {
      const named = Object.fromEntries(names.map((name) => [name, templateStatus]))
      const body = { webhooksUri: address ?? '', subscriptions: { ...switches, ...named } }
      return call({ method: 'PATCH', path: '/v3/webhooks', apiKey, body, deadline: CHANGE_DEADLINE, signal })
    }
    const first = await send(BOTH_NAMES)
    let latest = first
    for (const names of ONE_NAME) {
      if (!mayBeTheNames(latest) || !(await mayGoOn())) break
      latest = await send(names)
    }
    // What is wrong with one name alone may not be what is wrong with both.
    return latest.kind === 'refused' ? first : latest
  },
})

const always = async () => true

const mayBeTheNames = (outcome: CallOutcome): boolean =>
  outcome.kind === 'refused' && outcome.status === 400 && !OF_THE_ADDRESS.includes(outcome.code ?? '')
