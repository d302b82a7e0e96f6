import { createBoundedFetch, peerFailure } from './bounded-fetch.ts'
import { failureCode } from './failure-code.ts'
import type { LoginDeps } from './port.ts'
import { USER_AGENT } from '../shared/version.ts'

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
    const { says } = failure.trouble ?? {}
    return {
      kind: 'silent',
      why: [code, system, says].filter((part) => part !== null && part !== undefined).join(', '),
      known: system !== 'ENOTFOUND',
    }
  }
}

/** Why a peer is of no use: the code, and where there is one its sentence, with what was found and what is wanted. */
export function failureReason(error: unknown): string {
  const { hint, trouble } = peerFailure(error) ?? {}
  if (trouble) return `${failureCode(error)}: ${trouble.says}`
  return hint === undefined ? failureCode(error) : `${failureCode(error)}: ${hint}`
}

/** What to do about the way to a peer; else, about the peer. */
export const nextAfter = (error: unknown, next: string): string => peerFailure(error)?.trouble?.next ?? next

/** There is no such page, for anybody. A 5xx proves less: it passes, or is what programs are kept out with. */
export const isGone = (status: number) => status === 404 || status === 410

/** Pages are larger than what a login asks for, and some servers refuse a client that does not say what it is. */
const LARGEST_PAGE = 1024 * 1024
const AS_A_BROWSER = `Mozilla/5.0 (compatible; ${USER_AGENT})`

/** Opens a page as a browser that nobody is logged in with. */
export async function openPage(
  url: URL,
  { allowHttpLoopback, wayOut }: Pick<LoginDeps, 'allowHttpLoopback' | 'wayOut'>,
): Promise<Probed> {
  const outward = createBoundedFetch({
    ...{ allowHttpLoopback, wayOut },
    ...{ maxBytes: LARGEST_PAGE, userAgent: AS_A_BROWSER },
  })
  try {
    return await probe(() => outward.fetch(url.href, { method: 'GET', headers: { accept: 'text/html' } }))
  } finally {
    await outward.close()
  }
}
