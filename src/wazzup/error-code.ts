import { z } from 'zod'

const Code = z.string().max(100)
const ErrorBody = z.object({
  error: z.union([Code, z.object({ code: Code }).transform(({ code }) => code)]),
})

/**
 * The code in an error body of Wazzup: `error` may be a text or an object with a code, and the body may be empty or
 * no JSON at all (fact sheet, 2.3). The spelling varies, so it comes out upper case with single underscores; null when
 * there is none. Only letters, digits and underscores survive: the code goes into the log.
 * @param value what the body is as JSON; undefined where it is none
 */
export function errorCodeOf(value: unknown): string | null {
  if (value === undefined) return null
  const parsed = ErrorBody.safeParse(value)
  if (!parsed.success) return null
  const code = parsed.data.error.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
  return /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'UNREADABLE'
}

const Status = z.coerce.number().int().min(400).max(599).optional().catch(undefined)

/** The usual ways to say in a body that it is an error. */
const Said = z.object({
  status: Status,
  statusCode: Status,
  ok: z.unknown().optional(),
  success: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.unknown().optional(),
})

/** `status` of JSend and its kin, in place of a number. */
const Failed = z.object({ status: z.string().regex(/^(error|fail|failed|failure)$/i) })

const isNo = (value: unknown) => value === false || value === 'false'

/** An empty list says that there are none; an empty object is what JSON makes of an error. */
const isThere = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value))

/**
 * The status of what an answer says: an error that comes with 2xx is one all the same, and is sorted by the status in its
 * body, or as a 400 without one.
 * @param value as in `errorCodeOf`
 */
export function saidStatus(status: number, value: unknown): number {
  if (status < 200 || status >= 300 || value === undefined) return status
  const said = Said.safeParse(value).data
  if (!said) return status
  const isError = [said.ok, said.success].some(isNo) || [said.error, said.errors].some(isThere)
  return said.status ?? said.statusCode ?? (isError || Failed.safeParse(value).success ? 400 : status)
}
