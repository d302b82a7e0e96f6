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

/** Refusals that are about the address: they say nothing about the rest of the body. */
const OF_THE_ADDRESS = ['URI_NOT_VALID', 'TEST_POST_NOT_PASSED']

/** The address could not be asked, which may be otherwise a moment later: nothing is to be learnt from that (fact sheet, 4.1). */
const OF_THE_WAY = 'WEBHOOKS_REQUEST_ERROR'

export interface WebhookSettings<S = Subscriptions> {
  /** Null when none is registered. */
  address: string | null
  subscriptions: S
}

/** What is to be, and with which crmKey; null leaves that out. */
interface Change extends WebhookSettings {
  crmKey?: string | null
}

/** `refusedKey`: Wazzup has refused the request with the crmKey, and taken the same one without it. */
type Changed = CallOutcome & { refusedKey?: true }

type Failed = Exclude<CallOutcome, { kind: 'done' }> | { kind: 'unreadable'; status: number }

export interface Webhooks {
  read(
    apiKey: string,
    signal?: AbortSignal,
  ): Promise<{ kind: 'read'; settings: WebhookSettings<SeenSubscriptions> } | Failed>
  /**
   * Resolves when Wazzup has tried the address and taken it, or has refused. Of several refusals that of the request with
   * both names and, if one was sent, without the crmKey counts.
   */
  change(apiKey: string, change: Change, limits?: ChangeLimits): Promise<Changed>
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
  async change(apiKey, { address, subscriptions, crmKey = null }, limits = {}) {
    const { signal = AbortSignal.timeout(CHANGE_DEADLINE), mayGoOn = always } = limits
    const { templateStatus, ...switches } = subscriptions
    const send = ({ names, key }: Form) => {
      const named = Object.fromEntries(names.map((name) => [name, templateStatus]))
      const settings = { webhooksUri: address ?? '', subscriptions: { ...switches, ...named } }
      const body = { ...settings, ...(key !== null && { crmKey: key }) }
      return call({ method: 'PATCH', path: '/v3/webhooks', apiKey, body, deadline: CHANGE_DEADLINE, signal })
    }
    const [whole, ...others] = formsWith(crmKey)
    let latest = await send(whole)
    let refusal = latest
    for (const form of others) {
      const isNext = crmKey !== null && form.key === null ? mayBeTheKey : mayBeTheBody
      if (!isNext(latest) || !(await mayGoOn())) break
      const before = latest
      latest = await send(form)
      if (form.names === BOTH_NAMES) refusal = latest
      if (latest.kind === 'done' && crmKey !== null && form.key === null)
        return { ...latest, ...(isOfTheKey(before) && { refusedKey: true as const }) }
    }
    // What is wrong with one name alone may not be what is wrong with both.
    return latest.kind === 'refused' ? refusal : latest
  },
})

/** One way to write the same change. */
interface Form {
  names: readonly string[]
  key: string | null
}

/** Each with the crmKey, if there is one, and once more without it. */
function formsWith(crmKey: string | null): [Form, ...Form[]] {
  const without = (names: readonly string[]): Form[] => (crmKey === null ? [] : [{ names, key: null }])
  return [
    { names: BOTH_NAMES, key: crmKey },
    ...without(BOTH_NAMES),
    ...ONE_NAME.flatMap((names) => [{ names, key: crmKey }, ...without(names)]),
  ]
}

const always = async () => true

const isOfTheAddress = (outcome: CallOutcome): boolean =>
  outcome.kind === 'refused' && OF_THE_ADDRESS.includes(outcome.code ?? '')

/** A name that is not known is refused by 400, or as content that cannot be processed. */
const mayBeTheBody = (outcome: CallOutcome): boolean =>
  outcome.kind === 'refused' && [400, 422].includes(outcome.status) && !isOfTheAddress(outcome)

/** A crmKey may be refused by any status, also as something that this apiKey is not allowed to change. */
const mayBeTheKey = (outcome: CallOutcome): boolean =>
  outcome.kind === 'forbidden' || (outcome.kind === 'refused' && !isOfTheAddress(outcome))

/** What every account would be told: a 403 or 404 may be of this account or of the way alone. */
const isOfTheKey = (outcome: CallOutcome): boolean =>
  outcome.kind === 'refused' && [400, 422].includes(outcome.status) && outcome.code !== OF_THE_WAY
