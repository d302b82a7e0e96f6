/** A moment as it is stored, in milliseconds since 1970; null where there is none. */
export const moment = (ms: number | null) => (ms === null ? null : new Date(ms))
