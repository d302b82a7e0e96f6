/** Seconds by which the clock of whoever signs a login may differ from ours. */
export const TOLERANCE = 30
