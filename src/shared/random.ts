import { randomFillSync } from 'node:crypto'

/** `bytes` unpredictable bytes, written url-safe (base64url, no padding). */
export type Random = (bytes: number) => string

/** Made at once, as that takes no longer than to make a few. */
const pool = Buffer.alloc(1024)

let used = pool.length

export const systemRandom: Random = (bytes) => {
  const made = bytes > pool.length ? randomFillSync(Buffer.alloc(bytes)) : taken(bytes)
  const text = made.toString('base64url')
  made.fill(0)
  return text
}

/** Each byte is given out once. */
function taken(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}
