import { hours } from '../shared/clock.ts'

/** Trouble without any progress in it, after which a step is given up: somebody has to look. */
export const GIVE_UP_AFTER = hours(2)
