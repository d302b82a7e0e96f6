/** An answer as plain data. `body`: a string is sent as it is, anything else as JSON, absent = empty. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** The exact text of an answer's body. */
export function textOf(body: unknown): string {
  if (body === undefined) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** The headers of an answer; JSON unless the answer itself says otherwise. */
export const headersOf = (answer: Answer): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  ...answer.headers,
})
