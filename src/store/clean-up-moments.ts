import { after, hours } from '../shared/clock.ts'

/** How long a result can be looked at again after the attempt's time is over. */
const RESULTS_KEPT = hours(24)

/** The same where nobody has even logged in: there is nothing to look at but that it expired. */
const UNUSED_KEPT = hours(1)

/** The moments before which rows are cleaned up. */
export const cleanUpMoments = (now: Date) => ({
  now: now.getTime(),
  hourAgo: after(now, -UNUSED_KEPT).getTime(),
  longAgo: after(now, -RESULTS_KEPT).getTime(),
})
