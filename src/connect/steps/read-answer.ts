import { digest } from '../../crypto/digest.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

/** Finds the login's answer, in the query or put aside, and the attempt that it claims to belong to. */
export const readAnswer: Step = async (visit, { store, login }) => {
  const ticket = visit.answer.params.get('parked')
  if (ticket !== null) {
    const parked = await store.parked.find(digest(ticket))
    if (parked === null) return refuse('bad_request')
    // The headers are those of this request: they come with each.
    visit.answer = { ...visit.answer, params: new URLSearchParams(parked) }
  }
  visit.attemptId = login.attemptOf(visit.answer)
  return visit.attemptId === null ? refuse('bad_request') : undefined
}
