import { randomBytes } from 'node:crypto'

/** `bytes` unpredictable bytes, written url-safe (base64url, no padding). */
export type Random = (bytes: number) => string

export const systemRandom: Random = (bytes) => randomBytes(bytes).toString('base64url')
