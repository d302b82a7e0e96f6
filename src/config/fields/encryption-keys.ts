import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

/** One key of `ENCRYPTION_KEYS`: 32 bytes. */
export interface EncryptionKey {
  id: string
  key: Buffer
}

/** `id:base64-of-32-bytes`, several separated by commas, the newest first. */
export function encryptionKeys() {
  return parsedText((text, refuse) => {
    const keys: EncryptionKey[] = []
    for (const [index, item] of text.split(',').entries()) {
      const key = parseKey(item.trim(), keys)
      if (typeof key === 'string') return refuse(`has a bad key at place ${index + 1}: ${key}`)
      keys.push(key)
    }
    return new Secret(keys)
  })
}

/** The key, or what is wrong with it. */
function parseKey(item: string, earlier: readonly EncryptionKey[]): EncryptionKey | string {
  const [, id, base64] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]*=?=?)$/.exec(item) ?? []
  if (id === undefined || base64 === undefined) return 'it is not written as id:base64'
  const key = Buffer.from(base64, 'base64')
  if (key.length !== 32) return 'it does not have exactly 32 bytes'
  if (new Set(key).size < 8) return 'it repeats a few bytes and can be guessed'
  if (earlier.some((other) => other.id === id)) return 'its id is there twice'
  if (earlier.some((other) => other.key.equals(key))) return 'the same key is there under another id'
  return { id, key }
}
