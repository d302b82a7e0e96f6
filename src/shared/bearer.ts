import type { IncomingMessage } from 'node:http'

/** What a header that should carry a bearer token carries (RFC 6750, 2.1). */
export type Bearer =
  | { kind: 'token'; token: string }
  /** No header, or one of another kind. */
  | { kind: 'none' }
  /** Twice: which of the two would count depends on who reads it, so neither does. */
  | { kind: 'doubled' }

/** Reads a token from `name`, lower case. Node drops all but the first of some headers, so the raw ones are asked. */
export function bearerIn({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): Bearer {
  let value: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i]
    if (header?.length !== name.length || header.toLowerCase() !== name) continue
    if (value !== undefined) return { kind: 'doubled' }
    value = rawHeaders[i + 1]
  }
  return bearerOf(value)
}

/** Reads a token from the value of a header. */
export function bearerOf(header: string | undefined): Exclude<Bearer, { kind: 'doubled' }> {
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1]
  return token === undefined ? { kind: 'none' } : { kind: 'token', token }
}
