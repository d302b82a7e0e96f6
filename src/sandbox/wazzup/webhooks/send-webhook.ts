import { randomBytes } from 'node:crypto'
import type { Account } from '../accounts.ts'
import type { World } from '../world.ts'
import { contentTypes } from './content-type.ts'
import { post, type Posted } from './post.ts'
import { switchOf } from './subscriptions.ts'

/** What became of a webhook. `tries`: how often it was sent, copies included; the last answer is the one told. */
export type Delivery =
  | (Posted & { tries: number })
  | { kind: 'not_sent'; why: 'no_connection' | 'key_dead' | 'no_address' | 'not_subscribed' | 'disabled' }

export interface DeliverOptions {
  /** Sent in place of the crmKey that the account has now, such as an older one. */
  crmKey?: string
}

function whyNot(world: World, account: Account, payload: Record<string, unknown>) {
  const connection = world.connections.ofAccount(account.accountId)
  const { uri, subscriptions } = account.webhooks
  const { disableAfter } = world.switches
  if (!connection) return 'no_connection'
  if (!connection.keyAlive) return 'key_dead'
  if (uri === null) return 'no_address'
  const name = switchOf(payload)
  if (name !== null && !subscriptions[name]) return 'not_subscribed'
  return disableAfter > 0 && account.failedDeliveries >= disableAfter ? 'disabled' : null
}

function authorization({ switches, connections }: World, account: Account, crmKey?: string) {
  account.deliveries += 1
  if (switches.deliveryHeader === 'none') return null
  if (switches.deliveryHeader === 'every-other' && account.deliveries % 2 === 0) return null
  if (switches.deliveryHeader === 'wrong-key') return `Bearer ${randomBytes(32).toString('base64url')}`
  const sent = crmKey ?? connections.ofAccount(account.accountId)?.crmKey
  return sent ? `Bearer ${sent}` : null
}

const isGood = (posted: Posted) => posted.kind === 'answered' && posted.status === 200

/** Sends one webhook to the address of an account: with its crmKey, and again by the switches. */
export async function sendWebhook(
  world: World,
  account: Account,
  { payload, crmKey }: { payload: Record<string, unknown> } & DeliverOptions,
): Promise<Delivery> {
  const why = whyNot(world, account, payload)
  if (why) return { kind: 'not_sent', why }
  const { deliveryCopies, deliveryRetries, deliveryType, patience } = world.switches
  const terms = {
    authorization: authorization(world, account, crmKey),
    contentType: contentTypes[deliveryType],
    patience,
  }
  const once = () => post(account.webhooks.uri ?? '', payload, terms)
  let posted = await once()
  let tries = 1
  while (tries < deliveryCopies || (!isGood(posted) && tries < deliveryCopies + deliveryRetries)) {
    posted = await once()
    tries += 1
  }
  account.failedDeliveries = isGood(posted) ? 0 : account.failedDeliveries + 1
  return { ...posted, tries }
}
