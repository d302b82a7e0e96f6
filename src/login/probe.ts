import { createBoundedFetch, peerFailure } from './bounded-fetch.ts'
import { failureCode } from './failure-code.ts'

/** What came of a question that a check has asked. */
export type Probed =
  | { kind: 'answer'; status: number; location: string | null; text: string }
  /** `known`: whether the address has a name that resolves. */
  | { kind: 'silent'; why: string; known: boolean }

/** Asks once. To a check, an error of the peer and no answer at all are findings like any other. */
export async function probe(ask: () => Promise<Response>): Promise<Probed> {
  try {
    const answer = await ask()
    const location = answer.headers.get('location')
    return { kind: 'answer', status: answer.status, location, text: await answer.text() }
  } catch (error) {
    const failure = peerFailure(error)
    if (failure === null) throw error
    if (failure.status !== null) {
      return { kind: 'answer', status: failure.status, location: null, text: '' }
    }
    const { cause, code } = failure
    const system = cause instanceof Error && 'code' in cause ? String(cause.code) : null
    return {
      kind: 'silent',
      why: system === null ? code : `${code}, ${system}`,
      known: system !== 'ENOTFOUND',
    }
  }
}

/** Why a peer is of no use: the code, and where there is one its sentence, with what was found and what is wanted. */
export function failureReason(error: unknown): string {
  const hint = peerFailure(error)?.hint
  return hint === undefined ? failureCode(error) : `${failureCode(error)}: ${hint}`
}

/** There is no such page, for anybody. A 5xx proves less: it passes, or is what programs are kept out with. */
export const isGone = (status: number) => status === 404 || status === 410

/** Pages are larger than what a login asks for, and some servers refuse a client that does not say what it is. */
const LARGEST_PAGE = 1024 * 1024
const AS_A_BROWSER = { accept: 'text/html', 'user-agent': 'Mozilla/5.0 (compatible; wauth check)' }

/** Opens a page as a browser that nobody is logged in with. */
export async function openPage(url: URL, allowHttpLoopback: boolean): Promise<Probed> {
  const outward = createBoundedFetch({ allowHttpLoopback, maxBytes: LARGEST_PAGE })
  try {
    return await probe(() => outward.fetch(url.href, { method: 'GET', headers: AS_A_BROWSER }))
  } finally {
    await outward.close()
  }
}
