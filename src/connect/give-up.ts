import { minutes, seconds } from '../shared/clock.ts'

/** A lost answer is asked for again so often at least, in case a clock was set forward. */
export const LEAST_TRIES = 3

/**
 * For how long the database must have been well before an end is only guessed: the process with the apiKey in hand commits it as
 * soon as it can.
 */
export const WELL_FOR = minutes(1)

/** While nothing has happened at Wazzup, it is waited out for so long after a press; then the person may press again. */
export const WAITED_OUT = seconds(90)
