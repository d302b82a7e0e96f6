/** Seconds by which the clock of a login's signer may differ from ours. */
export const TOLERANCE = 30
