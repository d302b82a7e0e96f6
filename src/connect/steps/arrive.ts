import { claimsOf, stateIn } from '../state.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

/** Reads the state off the query. It spends nothing: bots, prefetch and reloads are harmless. */
export const arrive: Step = async (visit, { settings, meter }) => {
  const state = stateIn(visit.request.rawQuery)
  const refused = (problem: 'bad_state' | 'other_module') => {
    meter.missed('arrived', problem)
    return refuse(problem)
  }
  if (state === null) return refused('bad_state')
  const { crmCode } = claimsOf(state)
  // Told, not proved; but a state that names another module would be refused by Wazzup after a whole login.
  if (crmCode !== null && crmCode !== settings.crmCode) return refused('other_module')
  visit.state = state
  return undefined
}
