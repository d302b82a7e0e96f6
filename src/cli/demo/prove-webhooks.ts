import { randomUUID } from 'node:crypto'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

/**
 * Has the simulator send a message to the address that the upload has registered, and looks whether the CRM's handler
 * knew by its crmKey whose it is. Then one with a crmKey that nobody has, which must be refused.
 */
export async function proveWebhooks({ sandbox: { wazzup, crm } }: RunningDemo): Promise<boolean> {
  const [connection] = wazzup.connections()
  if (!connection) return false
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
