import { seconds } from '../shared/clock.ts'

/** How long a sender has the exchange for itself: longer than the call and the commits around it (a test compares them). */
export const LEASE = seconds(40)
