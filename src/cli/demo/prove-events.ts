import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { seconds, systemClock, systemMonotonic } from '../../shared/clock.ts'
import { sleep } from '../../shared/sleep.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

const [LOOK_EVERY, PATIENCE] = [100, seconds(60)]

/**
 * Waits until the event of the connection has come to the CRM, which takes one only by its signature. Then sends it one that another
 * secret has signed, which must be refused.
 */
export async function proveEvents({ sandbox: { crm } }: RunningDemo): Promise<boolean> {
  const until = systemMonotonic() + PATIENCE
  const find = () => crm.told().find(({ type }) => type === 'connection.connected')
  while (!find() && systemMonotonic() < until) await sleep(LOOK_EVERY)
  const event = find()
  if (event?.data['crmAccountId'] !== 'acme') {
    say('\nNo event of the connection has come to the CRM.')
    return false
  }
  say(`  event           ${event.type} arrived, its signature verified by the library of Standard Webhooks`)
  const refused = (await sendForged(crm.eventsUrl)) === 401
  say(`  forged event    ${refused ? 'refused with 401' : 'NOT refused'}`)
  return refused
}

/** Sends what looks like an event. Answers with the status. */
async function sendForged(url: string): Promise<number> {
  const [now, id] = [systemClock(), 'evt_forged_1']
  const body = JSON.stringify({ type: 'connection.disconnected', timestamp: now.toISOString(), data: {} })
  const signature = new Webhook(randomBytes(32).toString('base64')).sign(id, now, body)
  const { status } = await fetch(url, {
    ...{ method: 'POST', body, signal: AbortSignal.timeout(PATIENCE) },
    headers: {
      ...{ 'content-type': 'application/json', 'webhook-id': id, 'webhook-signature': signature },
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    },
  })
  return status
}
