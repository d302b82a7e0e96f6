import { seconds } from '../shared/clock.ts'

/** How long a sender has the exchange for itself: the call's 15 s and room for the commits around it. */
export const LEASE = seconds(30)
