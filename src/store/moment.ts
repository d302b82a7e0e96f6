/** A moment of a column, which has milliseconds since 1970 (UTC). */
export const moment = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
