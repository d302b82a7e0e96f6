import { request } from 'undici'
import { seconds, type Monotonic } from '../../../shared/clock.ts'
import { transportCode } from '../../../upstream/before-sending.ts'
import { readBody, TooLarge } from '../../../upstream/read-body.ts'
import type { WayOut } from '../../../config/way-out.ts'
import { agentFor } from '../../../upstream/way-out.ts'
import { silence } from '../ask.ts'

/** As long as Wazzup waits for the last byte. */
const PATIENCE = seconds(30)

const LARGEST = 1024 * 1024

/** As Wazzup writes it, with a parameter that no standard knows. */
const CONTENT_TYPE = 'application/json; charset-utf-8'

/** What a handler has answered to one webhook. `ms`: how long it took; `next`: see `Asked`. */
export type Answered =
  | { kind: 'answer'; status: number; type: string; body: string | null; ms: number }
  | { kind: 'silent'; why: string; next: string | null; code: string }

/** Sends a webhook to one handler as Wazzup does: the crmKey as bearer, no redirect followed. */
export type SendWebhook = (body: object, crmKey: string | null) => Promise<Answered>

/** Wazzup comes to the handler from outside; from here it is reached as everybody else is, so that NO_PROXY names it if need be. */
export function openWebhooks(url: URL, { wayOut, monotonic }: { wayOut: WayOut; monotonic: Monotonic }) {
  const dispatcher = agentFor(wayOut)
  const send: SendWebhook = async (body, crmKey) => {
    const began = monotonic()
    try {
      const response = await request(url, {
        ...{ dispatcher, method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) },
        headers: {
          'content-type': CONTENT_TYPE,
          ...(crmKey !== null && { authorization: `Bearer ${crmKey}` }),
        },
      })
      const { statusCode: status, headers } = response
      const text = await readBody(response.body, { headers, limit: LARGEST }).catch((error: unknown) => {
        if (error instanceof TooLarge) return null
        throw error
      })
      const type = String(headers['content-type'] ?? '')
      return { kind: 'answer', status, type, body: text, ms: monotonic() - began }
    } catch (error) {
      return { kind: 'silent', ...silence(transportCode(error)) }
    }
  }
  return { send, close: () => dispatcher.destroy() }
}
