import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '../shared/app-error.ts'
import type { KeyRing } from './key-ring.ts'

/** Where a value lives. A value that is moved to another place does not open there. */
export interface Place {
  table: string
  row: string
  column: string
}

/** Seals short texts as JWE compact serialisation (RFC 7516: `dir`, `A256GCM`), so that any JOSE tool can open them. */
export interface Sealer {
  seal(text: string, place: Place): string
  /** @throws SealError when the value is damaged, from another place, or sealed by a key that is not there */
  open(sealed: string, place: Place): string
  /** How all values begin that a key of this ring has sealed: see `sealedPrefix`. */
  readonly opens: readonly string[]
}

export class SealError extends AppError {}

/**
 * Whether an error says only that this process lacks a key. The value is good, and another replica may have that key, as
 * during a rotation: nothing may end because of it.
 */
export const needsAnotherKey = (error: unknown): error is SealError =>
  error instanceof SealError && error.code === 'seal_unknown_key'

/** Whether an error says that a sealed value opens nowhere, as it is damaged: to try again soon would change nothing. */
export const isDamaged = (error: unknown): boolean => error instanceof SealError && !needsAnotherKey(error)

/** Codes of a SealError; operators and programs key on them. */
export const SEAL_CODES = ['seal_malformed', 'seal_tampered', 'seal_unknown_key', 'seal_wrong_place'] as const

const IV_BYTES = 12 // RFC 7518, section 5.3
const TAG_BYTES = 16

/** Hears of every use of a key, by its id. */
export type CountKeyUse = (keyId: string, use: 'seal' | 'open') => void

/** `newIv` makes 12 bytes that never repeat for one key (NIST SP 800-38D). */
export function createSealer(
  ring: KeyRing,
  count: CountKeyUse = () => undefined,
  newIv = () => randomBytes(IV_BYTES),
): Sealer {
  return {
    opens: [...ring.opening.keys()].map(sealedPrefix),
    seal(text, place) {
      count(ring.sealing.id, 'seal')
      const header = encode({ alg: 'dir', enc: 'A256GCM', kid: ring.sealing.id, ctx: context(place) })
      const iv = newIv()
      const cipher = createCipheriv('aes-256-gcm', ring.sealing.key, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(header, 'ascii'))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [header, '', base64url(iv), base64url(ciphertext), base64url(cipher.getAuthTag())].join('.')
    },

    open(sealed, place) {
      const { header, kid, ctx, iv, ciphertext, tag } = parse(sealed)
      if (ctx !== context(place))
        throw sealError('seal_wrong_place', 'A sealed value stands in another place')
      const key = ring.opening.get(kid)
      if (!key) throw unknownKey(kid)
      count(kid, 'open')
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(header, 'ascii')).setAuthTag(tag)
      try {
        const text = decipher.update(ciphertext)
        // GCM holds nothing back: what comes last is only the judgement over all of it.
        decipher.final()
        return text.toString('utf8')
      } catch (cause) {
        throw sealError('seal_tampered', 'A sealed value was changed, or its key has the wrong bytes', {
          cause,
        })
      }
    },
  }
}

/** The id comes from the database; only what can be one in `ENCRYPTION_KEYS` is repeated. */
const shownId = (kid: string) => (/^[A-Za-z0-9_-]{1,32}$/.test(kid) ? kid : 'with an id that is not possible')

/**
 * The id of the key that has sealed a value, to be shown.
 * @throws SealError when it is malformed
 */
export const keyIdOf = (sealed: string): string => shownId(parse(sealed).kid)

function unknownKey(kid: string) {
  return sealError(
    'seal_unknown_key',
    `A value needs the encryption key ${shownId(kid)}, which this process does not have`,
    {
      hint: 'Put that key into ENCRYPTION_KEYS of every replica, behind the one that seals, and restart them.',
    },
  )
}

function parse(sealed: string) {
  const [header, encryptedKey, iv, ciphertext, tag, ...rest] = sealed.split('.')
  const bytes = { iv: decode(iv), ciphertext: decode(ciphertext), tag: decode(tag) }
  const fields = header === undefined ? null : readHeader(header)
  const wellFormed =
    encryptedKey === '' && rest.length === 0 && bytes.iv.length === IV_BYTES && bytes.tag.length === TAG_BYTES
  if (header === undefined || !fields || !wellFormed)
    throw sealError('seal_malformed', 'A sealed value is malformed')
  return { header, ...fields, ...bytes }
}

function readHeader(header: string): { kid: string; ctx: string } | null {
  try {
    const fields = JSON.parse(decode(header).toString('utf8')) as Record<string, unknown>
    const { alg, enc, kid, ctx } = fields
    const ours = alg === 'dir' && enc === 'A256GCM' && typeof kid === 'string' && typeof ctx === 'string'
    return ours ? { kid, ctx } : null
  } catch {
    return null
  }
}

/**
 * How every value begins that this key has sealed, so that a database can tell them apart without opening any. The
 * header's fields stand in a fixed order; what is returned ends at a border of base64 behind the key's closing quote.
 */
export function sealedPrefix(keyId: string): string {
  const text = `{"alg":"dir","enc":"A256GCM","kid":${JSON.stringify(keyId)},"ctx":"`
  return base64url(Buffer.from(text)).slice(0, Math.floor(Buffer.byteLength(text) / 3) * 4)
}

const context = ({ table, row, column }: Place) => `${table}/${row}/${column}`
const base64url = (bytes: Buffer) => bytes.toString('base64url')
const encode = (fields: object) => base64url(Buffer.from(JSON.stringify(fields)))
const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')
const sealError = (
  code: (typeof SEAL_CODES)[number],
  message: string,
  more: { hint?: string; cause?: unknown } = {},
) => new SealError(message, { code, ...more })
