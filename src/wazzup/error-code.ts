import { z } from 'zod'
import { parseJson } from '../shared/parse-json.ts'

const Code = z.string().max(100)
const ErrorBody = z.object({
  error: z.union([Code, z.object({ code: Code }).transform(({ code }) => code)]),
})

/**
 * The code in an error body of Wazzup: `error` may be a text or an object with a code, and the body may be empty or
 * no JSON at all (fact sheet, 2.3). The spelling varies, so it comes out upper case with single underscores; null when
 * there is none. Only letters, digits and underscores survive: the code goes into the log.
 */
export function errorCodeOf(body: string | null): string | null {
  const parsed = ErrorBody.safeParse(parseJson(body))
  if (!parsed.success) return null
  const code = parsed.data.error.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
  return /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'UNREADABLE'
}

const Said = z.object({
  status: z.number().int().min(400).max(599).optional().catch(undefined),
  ok: z.unknown().optional(),
  error: z.unknown().optional(),
})

/**
 * The status of what an answer says: an error that comes with 2xx is one all the same, and is sorted by the status in its
 * body, or as a 400 without one.
 */
export function saidStatus(status: number, body: string | null): number {
  if (status < 200 || status >= 300) return status
  const said = Said.safeParse(parseJson(body)).data
  return said?.status ?? (said?.ok === false || said?.error ? 400 : status)
}
