import { installsNow } from '../../store/index.ts'
import { pass, skip, warning, type Check } from './check.ts'

/** Whether an operator has paused new installs, and has not forgotten it. */
export const installs: Check = {
  name: 'installs',
  title: 'New installs',
  network: false,
  async run({ settings, inspection }) {
    const found = await inspection()
    if (found.kind !== 'found' || found.pending.length > 0 || found.unknown > 0)
      return skip('there is no database of this version that could say so')
    const { paused, reason, changedBy, changedAt } = await installsNow(settings)
    if (!paused) return pass('not paused')
    return warning(
      `paused since ${changedAt?.toISOString() ?? 'some time'} by ${changedBy ?? 'somebody'}: ${reason ?? ''}`,
      'When that is over: wauth installs resume',
    )
  },
}
