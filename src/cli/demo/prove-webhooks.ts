import { randomUUID } from 'node:crypto'
import { seconds, systemClock } from '../../shared/clock.ts'
import { createAuthorizedCall } from '../../wazzup/authorized-call.ts'
import { createWazzupClient } from '../../wazzup/client.ts'
import { createWebhooks } from '../../wazzup/webhooks.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

const ALL = {
  messagesAndStatuses: true,
  contactsAndDealsCreation: true,
  channelsUpdates: true,
  templateStatus: true,
}

/**
 * Has the simulator send a message, and looks whether the CRM's handler knew by its crmKey whose it is. Then one with
 * a crmKey that nobody has, which must be refused.
 */
export async function proveWebhooks(demo: RunningDemo): Promise<boolean> {
  const { wazzup, crm } = demo.sandbox
  const [connection] = wazzup.connections()
  if (!connection || !(await registerAddress(demo, connection.apiKey))) return false
  const message = {
    messages: [{ messageId: randomUUID(), chatType: 'whatsapp', text: 'Hello from the demo' }],
  }
  const sent = await wazzup.deliver(connection.accountId, message)
  const [event] = crm.events()
  const forged = await wazzup.deliver(connection.accountId, message, { crmKey: randomUUID() })
  if (sent.kind !== 'answered' || sent.status !== 200 || event?.accountId !== 'acme') {
    say('\nThe webhook did not arrive.')
    return false
  }
  say(`  webhook         arrived, authenticated by its crmKey as ${event.accountId}`)
  const refused = forged.kind === 'answered' && forged.status === 401
  say(`  forged webhook  ${refused ? 'refused with 401' : 'NOT refused'}`)
  return refused
}

/** As the vendor's own code would do it, with the customer's apiKey. */
async function registerAddress({ settings }: RunningDemo, apiKey: string): Promise<boolean> {
  const client = createWazzupClient({
    apiUrl: settings.wazzup.apiUrl,
    deadline: seconds(15),
    maxAnswer: 64 * 1024,
  })
  const webhooks = createWebhooks(createAuthorizedCall(client, systemClock))
  const address = settings.webhooksUrl?.href ?? null
  const outcome = await webhooks.change(apiKey, { address, subscriptions: ALL })
  await client.close()
  if (outcome.kind !== 'done') say(`\nWazzup did not take the webhooks address: ${outcome.kind}.`)
  return outcome.kind === 'done'
}
