import { hours } from '../shared/clock.ts'

/**
 * Trying without any progress, after which a step is given up: somebody has to look. Time in which nobody tried, or for
 * which the other side had asked, is not counted; and a few long tries are not enough.
 */
export const GIVE_UP_AFTER = hours(2)

export const LEAST_TRIES = 3
