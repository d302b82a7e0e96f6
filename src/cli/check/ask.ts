import { seconds, type Clock } from '../../shared/clock.ts'
import { troubleOf } from '../../upstream/connection-trouble.ts'
import type { WayOut } from '../../config/way-out.ts'
import { createWazzupClient, type Answer } from '../../wazzup/client.ts'

/** An answer, or why there is none. `at`: when it was half under way, to compare clocks with. */
export type Asked =
  | { kind: 'answer'; answer: Answer; at: Date }
  /** `next`: what to do, where the way to it is to blame; null where nothing is known. */
  | { kind: 'silent'; why: string; next: string | null; code: string }

interface Question {
  method?: 'GET' | 'POST'
  /** Sent as bearer. */
  token?: string
  /** Sent as `Cookie`. */
  cookie?: string
  /** For the whole answer, in milliseconds; by default ten seconds. */
  deadline?: number
  body?: object
}

/** Asks an address once: deadline and size limit over the whole answer, no redirect followed. */
export type Ask = (url: URL, question?: Question) => Promise<Asked>

const LIMITS = { deadline: seconds(10), maxAnswer: 1024 * 1024 }

/** The transport is the one that speaks to Wazzup: it keeps those promises already, and is at home with any address. */
export const createAsk =
  (clock: Clock, wayOut: WayOut): Ask =>
  async (url, { method = 'GET', token, cookie, deadline = LIMITS.deadline, body } = {}) => {
    const client = createWazzupClient({ apiUrl: url, wayOut, ...LIMITS, deadline })
    const asked = clock().getTime()
    try {
      const exchanged = await client.send({
        ...{ method, path: url.href },
        ...(token !== undefined && { apiKey: token }),
        ...(cookie !== undefined && { cookie }),
        ...(body && { body }),
      })
      if (exchanged.kind === 'no_answer') return { kind: 'silent', ...silence(exchanged.code) }
      return { kind: 'answer', answer: exchanged.answer, at: new Date((asked + clock().getTime()) / 2) }
    } finally {
      await client.close()
    }
  }

/** Why nobody has answered, by the transport's own word. */
export function silence(code: string) {
  const trouble = troubleOf(code)
  return { code, why: `${trouble?.says ?? 'the connection broke'} (${code})`, next: trouble?.next ?? null }
}

/** A header's value; several of one name come as one text, as in `fetch`. */
export const headerOf = ({ headers }: Answer, name: string): string | null => {
  const value = headers[name]
  return value === undefined ? null : [value].flat().join(', ')
}
