import { randomBytes } from 'node:crypto'
import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

const PREFIX = 'whsec_'

/** Makes a new one. */
export const newWebhookSecret = () => `${PREFIX}${randomBytes(32).toString('base64')}`

/** A signing key as Standard Webhooks writes it: `whsec_` and the base64 of 32 bytes. */
export function webhookSecret() {
  return parsedText((text, refuse) => {
    if (!text.startsWith(PREFIX)) return refuse(`does not begin with ${PREFIX}`)
    const base64 = text.slice(PREFIX.length)
    const key = Buffer.from(base64, 'base64')
    if (key.toString('base64') !== base64) return refuse(`is not base64 behind ${PREFIX}`)
    if (key.length !== 32) return refuse('does not have exactly 32 bytes')
    if (new Set(key).size < 8) return refuse('repeats a few bytes and can be guessed')
    return new Secret(text)
  })
}
