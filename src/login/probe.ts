import { peerFailure } from './bounded-fetch.ts'

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

/** An answer that no browser can do anything with: there is no such page, or it breaks down. */
export const isBroken = (status: number) => status === 404 || status === 410 || status >= 500
