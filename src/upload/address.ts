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
