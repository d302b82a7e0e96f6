import type { RecordedRequest } from '../recorder.ts'

/** A request as the page shows it. */
export interface ShownRequest {
  at: Date
  method: string
  path: string
  /** Null while it waits for its answer, or when it got none. */
  status: number | null
  fault: string | null
  /** What came, shortened. */
  body: string
}

/** Fields that hold a key, a secret, or what can be exchanged for one. */
const SECRET = /("(?:secret|crmKey|state|apiKey)"\s*:\s*")([^"]*)/g
const IN_QUERY = /([?&](?:state|code|token)=)([^&]*)/g

const LONGEST_BODY = 400

/** Enough to compare two keys by eye, too little to use one. */
export const mask = (key: string): string => (key.length < 16 ? '…' : `${key.slice(0, 4)}…${key.slice(-2)}`)

const hide = (_: string, before: string, key: string) => before + mask(key)

/** A recorded request with its keys masked. Headers are left out: one of them is the apiKey. */
export function masked({ at, method, path, body, answer }: RecordedRequest): ShownRequest {
  const shown = body.replaceAll(SECRET, hide)
  return {
    ...{ at, method, status: answer?.status ?? null, fault: answer?.fault ?? null },
    path: path.replaceAll(IN_QUERY, hide),
    body:
      shown.length > LONGEST_BODY ? `${shown.slice(0, LONGEST_BODY)} … (${shown.length} characters)` : shown,
  }
}
