import { StoreUnavailable } from '../errors.ts'
import { createPlaces } from '../../upstream/places.ts'
import { milliseconds } from './deadlines.ts'

/** Far fewer than the pool has connections. */
const FEW = 4

/**
 * Runs few of these at a time in this process. An operation that waits for a lock of the server waits with a connection in hand,
 * and those who look a key up would find none left.
 */
export function fewAtATime() {
  const turn = createPlaces({ places: FEW, queue: 1000, patience: milliseconds.turn })
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (!(await turn.take())) throw tooMany()
    return work().finally(() => {
      turn.free()
    })
  }
}

const tooMany = () =>
  new StoreUnavailable('Others were before this one for too long', {
    code: 'storage_unavailable',
    hint: 'Look for what holds locks on the PostgreSQL server, and for a server that is slow.',
  })
