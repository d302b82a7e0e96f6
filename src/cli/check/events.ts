import type { z } from 'zod'
import { createEventReceiver } from '../../crm/event-receiver.ts'
import { RECEIVER_DEADLINE, type Receipt, type Refusal } from '../../crm/port.ts'
import type { TEST_EVENT } from '../../http/internal/schemas/events.ts'
import { seconds } from '../../shared/clock.ts'
import { systemRandom } from '../../shared/random.ts'
import { silence } from './ask.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

/** Long before the service stops waiting: a busy day takes longer than a check. */
const SLOW = RECEIVER_DEADLINE / 3

/** Sends a `test.event` as the service sends every event. It is sent once, and is no delivery: nothing of it is written down. */
export const events: Check = {
  name: 'events',
  title: 'EVENTS_URL',
  network: true,
  async run({ settings: { events: told, wayOut }, clock, monotonic }) {
    if (!told) return skip('not set: your CRM is told nothing of what happens')
    const receiver = createEventReceiver({ ...told, clock, wayOut })
    const event: z.output<typeof TEST_EVENT> = {
      ...{ type: 'test.event', timestamp: clock().toISOString() },
      data: {},
    }
    const began = monotonic()
    try {
      const receipt = await receiver.post({ id: `evt_test_${systemRandom(16)}`, body: JSON.stringify(event) })
      return judge(receipt, monotonic() - began)
    } finally {
      await receiver.close()
    }
  },
}

function judge(receipt: Receipt, took: number): Finding {
  if (receipt.kind === 'refused') return { ...refused(receipt), code: receipt.code }
  if (receipt.kind === 'unwanted')
    return failure(
      'your receiver answers 410 to test.event: what is answered so is never sent again',
      'Answer 2xx to every event, to types that you do not know, too.',
    )
  if (took < SLOW) return pass('your receiver takes a signed test.event')
  return warning(
    `your receiver took ${Math.round(took / seconds(1))} s to answer test.event; the service waits ${inSeconds}`,
    'Store the event, answer, and do the work after.',
  )
}

const inSeconds = `${RECEIVER_DEADLINE / seconds(1)} s`

function refused({ code, status, transport }: Refusal): Finding {
  if (status === null && code === 'events_too_slow')
    return failure(
      `your receiver does not answer within ${inSeconds}`,
      'Store the event, answer, and do the work after. If it has seen nothing, look whether a firewall swallows what is sent.',
    )
  if (status === null) {
    const { why, next } = silence(transport ?? 'unknown')
    return failure(`your receiver cannot be reached: ${why}`, next ?? 'Start it, or mend EVENTS_URL.')
  }
  const says = `your receiver answers ${status} to a signed test.event`
  if (code === 'events_busy') return warning(says, 'Wait, and run this check again.')
  if (status >= 300 && status < 400)
    return failure(
      `${says}; redirects are not followed`,
      'Make EVENTS_URL the address that the redirect leads to.',
    )
  if (status === 400 || status === 401 || status === 403)
    return failure(
      says,
      'Compare its secret with EVENTS_SECRET and its clock with this one, and verify the bytes as they came: docs/events.md, «Verifying».',
    )
  if (status >= 500) return failure(says, 'Look at the log of your receiver.')
  return failure(says, 'Compare EVENTS_URL with the address of your receiver, which takes a POST with JSON.')
}
