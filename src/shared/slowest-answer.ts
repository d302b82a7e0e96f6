import { seconds } from './clock.ts'

/**
 * What the slowest answer of the public listener may take, in milliseconds: Wazzup and the database at their worst. A proxy before
 * it has to be more patient; a test compares it with all that it is made of.
 */
export const SLOWEST_ANSWER = seconds(40)
