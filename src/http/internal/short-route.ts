import type { IncomingMessage } from 'node:http'
import type { ResolvedKey } from '../../store/port.ts'
import { ON_EVERY_ANSWER } from './answer-headers.ts'

/** A look-up that can be answered without Fastify. */
export interface ShortRoute {
  method: 'GET' | 'POST'
  url: string
  /** What is looked up; null where it takes the long way to say. A body is given to POST alone. */
  crmKeyIn: (request: IncomingMessage, body: Buffer | null) => string | null
  /** What is sent, its headers in turns with their values; null where it takes the long way to say. */
  answer: (key: ResolvedKey) => ShortAnswer | null
}

export interface ShortAnswer {
  headers: string[]
  body: string
}

/**
 * The same route, which makes an answer once, with all of its headers. The store yields the same object for as long as a key is what
 * it was, and lets go of it before its apiKey has been in memory for a minute; and with it goes what was made of it here.
 */
export function answeredOnce(route: ShortRoute): ShortRoute {
  const made = new WeakMap<ResolvedKey, ShortAnswer>()
  const answer: ShortRoute['answer'] = (key) => {
    const known = made.get(key)
    if (known) return known
    const whole = wholeAnswer(key, route)
    if (whole) made.set(key, whole)
    return whole
  }
  return { ...route, answer }
}

function wholeAnswer(key: ResolvedKey, { answer }: ShortRoute): ShortAnswer | null {
  try {
    const made = answer(key)
    if (!made) return null
    const { headers, body } = made
    return { headers: [...ALWAYS, ...headers, 'content-length', String(Buffer.byteLength(body))], body }
  } catch {
    return null
  }
}

const ALWAYS = Object.entries(ON_EVERY_ANSWER).flat()
