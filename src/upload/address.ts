import { isSameAddress } from '../shared/same-address.ts'
import type { SeenSubscriptions, Subscriptions, WebhookSettings } from '../wazzup/webhooks.ts'

export const ALL_SUBSCRIPTIONS: Subscriptions = {
  messagesAndStatuses: true,
  contactsAndDealsCreation: true,
  channelsUpdates: true,
  templateStatus: true,
}

type Seen = WebhookSettings<SeenSubscriptions>

/** What differs from our settings: a reason that people are shown; null when nothing that is shown does. */
export function differenceTo(url: URL, { address, subscriptions }: Seen): string | null {
  if (address === null) return 'address_removed'
  if (!isSameAddress(address, url)) return 'address_overwritten'
  return Object.values(subscriptions).includes(false) ? 'subscriptions_off' : null
}

/** Whether an answer shows any switch at all. */
export const showsSwitches = ({ subscriptions }: Seen): boolean =>
  Object.values(subscriptions).some((value) => value !== null)

/** The note on a step that is done: Wazzup has taken the address, and what it has kept could not be read. */
export const NOT_VERIFIED = 'address_not_verified'

/** What a comparison alone can tell. Why Wazzup would not register the address tells more than that it is not there. */
const SEEN_ONLY = ['address_removed', 'address_overwritten', 'subscriptions_off', NOT_VERIFIED]

/** Why the address does not work, after a comparison; `before`: what was known of it. Null when it works. */
export function compared(before: string | null, url: URL, settings: Seen): string | null {
  const now = differenceTo(url, settings)
  if (now === null && before === NOT_VERIFIED && !showsSwitches(settings)) return before
  if (now === null || now === 'address_overwritten') return now
  return before === null || SEEN_ONLY.includes(before) ? now : before
}
