import type { Subscriptions, WebhookSettings } from '../wazzup/webhooks.ts'

export const ALL_SUBSCRIPTIONS: Subscriptions = {
  messagesAndStatuses: true,
  contactsAndDealsCreation: true,
  channelsUpdates: true,
  templateStatus: true,
}

/** What differs from our settings: a reason that people are shown; null when all is as it should be. */
export function differenceTo(url: URL, { address, subscriptions }: WebhookSettings): string | null {
  if (address === null) return 'address_removed'
  if (URL.parse(address)?.href !== url.href) return 'address_overwritten'
  return Object.values(subscriptions).every(Boolean) ? null : 'subscriptions_off'
}

/** What a comparison alone can tell. Why Wazzup would not register the address tells more than that it is not there. */
const SEEN_ONLY = ['address_removed', 'address_overwritten', 'subscriptions_off']

/** Why the address does not work, after a comparison; `before`: what was known of it. Null when it works. */
export function compared(before: string | null, url: URL, settings: WebhookSettings): string | null {
  const now = differenceTo(url, settings)
  if (now === null || now === 'address_overwritten') return now
  return before === null || SEEN_ONLY.includes(before) ? now : before
}
