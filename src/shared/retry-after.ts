import { hours, seconds } from './clock.ts'

/** Whatever Wazzup asks for: nothing waits longer. */
export const LONGEST_RETRY_AFTER = hours(1)

/**
 * Milliseconds to wait by a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3), at most an hour.
 * Null when there is none or it makes no sense.
 */
export function retryAfter(header: string | string[] | undefined, now: Date): number | null {
  if (typeof header !== 'string') return null
  const text = header.trim()
  const wait = /^\d{1,6}(\.\d+)?$/.test(text) ? seconds(Number(text)) : dateIn(text) - now.getTime()
  return Number.isNaN(wait) ? null : Math.min(Math.max(Math.ceil(wait), 0), LONGEST_RETRY_AFTER)
}

/** `Date.parse` makes a year of almost any number: a date has the name of its month. */
const dateIn = (text: string): number => (/[a-z]{3}/i.test(text) ? Date.parse(text) : NaN)
