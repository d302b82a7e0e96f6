import type { Subscriptions } from '../accounts.ts'
import type { DataSwitches } from '../data-switches.ts'
import { isObject } from '../entities/fields.ts'

const plain = ['messagesAndStatuses', 'contactsAndDealsCreation', 'channelsUpdates'] as const

const templateNames = {
  both: ['templateStatus', 'wabaTemplatesStatus'],
  templateStatus: ['templateStatus'],
  wabaTemplatesStatus: ['wabaTemplatesStatus'],
} as const

/** A switch of a `PATCH` that is not known here; undefined when there is none, or nobody minds. */
export function unknownIn(given: unknown, switches: DataSwitches): string | undefined {
  if (switches.unknownSubscriptions === 'ignored' || !isObject(given)) return undefined
  const known: readonly string[] = [...plain, ...templateNames[switches.templateNames]]
  return Object.keys(given).find((name) => !known.includes(name))
}

const isOn = (value: unknown) => value === true || value === 'true'

/** The switches after a `PATCH`. */
export function changed(
  now: Subscriptions,
  given: unknown,
  { omittedSubscriptions, templateNames: names }: DataSwitches,
): Subscriptions {
  const fields = isObject(given) ? given : {}
  const read = (names: readonly string[], current: boolean) => {
    const name = names.find((one) => one in fields)
    if (name !== undefined) return isOn(fields[name])
    return omittedSubscriptions === 'kept' && current
  }
  return {
    messagesAndStatuses: read(['messagesAndStatuses'], now.messagesAndStatuses),
    contactsAndDealsCreation: read(['contactsAndDealsCreation'], now.contactsAndDealsCreation),
    channelsUpdates: read(['channelsUpdates'], now.channelsUpdates),
    templateStatus: read(templateNames[names], now.templateStatus),
  }
}

/** The switches as `GET /v3/webhooks` tells them. */
export function told(subscriptions: Subscriptions, switches: DataSwitches): Record<string, unknown> {
  const values = [
    ...plain.map((name) => [name, subscriptions[name]] as const),
    [switches.templateSwitch, subscriptions.templateStatus] as const,
  ].filter(([name]) => name !== 'untold')
  const written = (on: boolean) => (switches.subscriptionValues === 'strings' ? String(on) : on)
  return Object.fromEntries(values.map(([name, on]) => [name, written(on)]))
}

/** Which switch lets a webhook out; null when it is none that Wazzup sends. */
export function switchOf(payload: Record<string, unknown>): keyof Subscriptions | null {
  if ('messages' in payload || 'statuses' in payload) return 'messagesAndStatuses'
  if ('createContact' in payload || 'createDeal' in payload) return 'contactsAndDealsCreation'
  if ('channelsUpdates' in payload) return 'channelsUpdates'
  return 'templateStatus' in payload ? 'templateStatus' : null
}
