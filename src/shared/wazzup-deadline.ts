import { seconds } from './clock.ts'

/**
 * What one call to Wazzup may take, `POST /v3/connect` above all: milliseconds to the last byte of the answer, and bytes
 * of its body. The lease of an exchange and the time-out of a reverse proxy are longer (a test compares them).
 */
export const WAZZUP_CALL = { deadline: seconds(15), maxAnswer: 64 * 1024 } as const
