import { AppError } from '../../shared/app-error.ts'
import { settle } from '../exchange.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Sends the exchange and writes down what came of it, while the person waits; a lost answer is settled later. */
export const callWazzup: Step = async (visit, deps) => {
  if (!visit.exchange) throw new AppError('There is no exchange to send', { code: 'step_out_of_order' })
  const { err, ...facts } = await settle(visit.exchange, deps)
  Object.assign(visit.facts, facts)
  visit.err = err
  return go('result', attemptOf(visit).id)
}
