import { after } from '../../shared/clock.ts'
import { LEASE } from '../lease.ts'
import { attemptOf, type Step } from '../visit.ts'

const PAUSE = 300

/**
 * While another state of the same account is being exchanged, this one waits: after that, the page may have to say
 * that it replaces a connection.
 */
export const awaitTurn: Step = async (visit, { store, clock, sleep }) => {
  const { id, status } = attemptOf(visit)
  const end = after(visit.now, LEASE)
  while (status === 'identified' && clock() < end && (await store.exchanges.isBusy(id))) {
    await sleep(PAUSE)
  }
  visit.now = clock()
  return undefined
}
