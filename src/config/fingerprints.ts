import { createHmac, hkdfSync } from 'node:crypto'
import { Secret } from './secret.ts'

/** One encryption key, and each setting by a fingerprint that only who has that key can make. */
export interface Fingerprints {
  keyId: string
  /** Shows that two who have a key of this id mean the same bytes. */
  proof: string
  settings: Record<string, string>
}

/**
 * Fingerprints of settings, to compare two sets without telling either. They are keyed by what is derived from an encryption key,
 * of 256 random bits: without it nobody can try a weak secret against them. The name is part of it, so that equal values do not show. A value counts
 * as it was read, not as it was written: `24h` and `1d` are one.
 */
export function fingerprintsOf(
  values: Readonly<Record<string, unknown>>,
  { id, key }: { id: string; key: Uint8Array },
): Fingerprints {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'wauth: fingerprints of the settings', 32))
  const print = (...parts: string[]) =>
    createHmac('sha256', derived).update(JSON.stringify(parts)).digest('base64url')
  const settings = Object.entries(values).map(
    ([name, value]) => [name, print(name, JSON.stringify(inTheOpen(value)))] as const,
  )
  return { keyId: id, proof: print('the key itself'), settings: Object.fromEntries(settings) }
}

/** What a field of the settings may be read as, as JSON has it. */
function inTheOpen(value: unknown): unknown {
  if (value instanceof Secret) return inTheOpen(value.reveal())
  if (value instanceof URL) return value.href
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(inTheOpen)
  if (typeof value === 'object' && value !== null) return inParts(value)
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(CANNOT_BE_COMPARED)
  return value ?? null
}

/** Two of a class that keeps its value to itself would have one fingerprint. */
function inParts(value: object): unknown {
  if ('toJSON' in value) return inTheOpen((value as { toJSON: () => unknown }).toJSON())
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null))
    throw new TypeError(CANNOT_BE_COMPARED)
  return Object.entries(value).map(([name, part]) => [name, inTheOpen(part)])
}

const CANNOT_BE_COMPARED = 'The value of a setting cannot be compared: fingerprints.ts has to know its type'
