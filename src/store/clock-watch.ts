import type { Logger } from '../observability/logger.ts'
import { seconds, type Clock, type Monotonic } from '../shared/clock.ts'
import type { Store } from './port.ts'

/** Two clocks that are kept by NTP agree far better than by so many milliseconds. */
export const CLOCKS_AGREE_WITHIN = seconds(5)

type DatabaseClock = Pick<Store, 'databaseTime'>

export interface OwnClock {
  clock: Clock
  monotonic: Monotonic
}

/**
 * By how many milliseconds this machine's clock is ahead of the database's, or behind it if negative, for sure: what the way
 * there and back may have added is left out. Null where the database has no clock of its own.
 */
export async function aheadOfDatabase(
  store: DatabaseClock,
  { clock, monotonic }: OwnClock,
): Promise<number | null> {
  const began = monotonic()
  const there = await store.databaseTime()
  const halfWay = (monotonic() - began) / 2
  if (there === null) return null
  const ahead = clock().getTime() - halfWay - there
  return Math.abs(ahead) <= halfWay ? 0 : Math.round(ahead - Math.sign(ahead) * halfWay)
}

export const SET_CLOCKS = 'Have this machine and that of the database set their clocks by NTP.'

export const clocksAgree = (ahead: number) => Math.abs(ahead) <= CLOCKS_AGREE_WITHIN

/** Such as «7.2 s ahead of the database's». */
export const aheadInWords = (ahead: number) =>
  `${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead < 0 ? 'behind' : 'ahead of'} the database's`

export interface ClockWatch {
  look: () => Promise<void>
  /** Milliseconds, as at the last look; 0 where there is nothing to compare with. */
  ahead: () => number
  health: () => { ok: boolean; detail: string }
}

/** Compares the clocks of machine and database. Leases go by the database's, so it is told, and no more. */
export function createClockWatch(store: DatabaseClock, own: OwnClock & { log: Logger }): ClockWatch {
  let ahead: number | null = null
  const agree = () => clocksAgree(ahead ?? 0)
  const inWords = () => {
    if (ahead === null) return 'nothing to compare with'
    return agree() ? "agrees with the database's" : aheadInWords(ahead)
  }
  return {
    async look() {
      const before = agree()
      ahead = await aheadOfDatabase(store, own)
      if (before === agree()) return
      const told = { aheadMs: ahead }
      if (before) own.log.warn({ event: 'clock.differs', ...told, hint: SET_CLOCKS })
      else own.log.info({ event: 'clock.agrees', ...told })
    },
    ahead: () => ahead ?? 0,
    health: () => ({ ok: agree(), detail: inWords() }),
  }
}
