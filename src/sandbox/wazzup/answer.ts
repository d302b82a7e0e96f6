/** An answer as plain data. `body`: a string and bytes are sent as they are, anything else as JSON, absent = empty. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** The exact content of an answer's body. */
export function contentOf(body: unknown): string | Buffer {
  if (body === undefined) return ''
  if (Buffer.isBuffer(body)) return body
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** The headers of an answer; JSON unless the answer itself says otherwise. */
export const headersOf = (answer: Answer): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  ...answer.headers,
})
