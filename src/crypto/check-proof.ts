import { createHmac, hkdfSync } from 'node:crypto'
import { minutes } from '../shared/clock.ts'
import { sameSecret } from './digest.ts'

/** For how long it is taken, as the clocks of two machines differ. */
const GOOD_FOR = minutes(2)

const signed = (key: Uint8Array, at: string, wait: number) =>
  createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', 'wauth: a question of wauth check', 32)))
    .update(JSON.stringify([at, wait]))
    .digest('base64url')

/**
 * Shows that a question comes from somebody who has an encryption key of the service: `wauth check`. It says when it was made and
 * how long the answer is to be held back, in milliseconds.
 */
export function makeCheckProof(key: Uint8Array, wait: number, now: Date): string {
  const at = String(now.getTime())
  return `${at}.${signed(key, at, wait)}`
}

/** Whether one of these keys has made it, for this wait, not long ago. */
export function isCheckProof(
  keys: readonly Uint8Array[],
  { proof, wait }: { proof: string; wait: number },
  now: Date,
): boolean {
  const [at = '', signature = ''] = proof.split('.')
  if (!/^\d{1,15}$/.test(at) || Math.abs(now.getTime() - Number(at)) > GOOD_FOR) return false
  return keys.some((key) => sameSecret(signature, signed(key, at, wait)))
}
