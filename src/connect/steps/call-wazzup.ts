import { settle } from '../exchange.ts'
import { go, refuse, type Step } from '../visit.ts'

/** Sends the exchange and writes down what came of it, while the person waits; a lost answer is settled later. */
export const callWazzup: Step = async (visit, deps) => {
  if (!visit.exchange) return refuse('unknown_attempt')
  Object.assign(visit.facts, await settle(visit.exchange, deps))
  return go('result', visit.exchange.attemptId)
}
