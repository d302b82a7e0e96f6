import { systemMonotonic } from '../../shared/clock.ts'
import { aheadInWords, clocksAgree, SET_CLOCKS } from '../../store/clock-watch.ts'
import { clockAhead } from '../../store/index.ts'
import { pass, skip, warning, type Check, type Finding } from './check.ts'

/**
 * Leases and due times go by the database's clock, attempts and what a login signs by this machine's. A small difference stops nobody
 * by itself, so it is a warning; the check beside it says whether logins fail by it.
 */
export const databaseClock: Check = {
  name: 'database-clock',
  title: 'Clock of the database',
  network: false,
  async run({ settings, inspection, clock }) {
    const found = await inspection()
    if (settings.database.engine === 'sqlite') return []
    if (found.kind !== 'found' || found.pending.length > 0 || found.unknown > 0)
      return alone(skip('there is no database of this version to compare it with'))
    const ahead = await clockAhead(settings, { clock, monotonic: systemMonotonic })
    if (ahead === null || clocksAgree(ahead)) return alone(pass("agrees with this machine's"))
    return alone(warning(`this machine's is ${aheadInWords(ahead)}`, SET_CLOCKS))
  },
}

const alone = (finding: Finding) => [{ part: null, ...finding }]
