import { createHmac, hkdfSync } from 'node:crypto'

/** One encryption key, and each setting by a fingerprint that only who has that key can make. */
export interface Fingerprints {
  keyId: string
  /** Shows that two who have a key of this id mean the same bytes. */
  proof: string
  settings: Record<string, string>
}

/**
 * Fingerprints of settings, to compare two sets without telling either. They are keyed by what is derived from an encryption key,
 * of 256 random bits: without it nobody can try a weak secret against them. The name is part of it, so that equal values do not show.
 */
export function fingerprintsOf(
  texts: Readonly<Record<string, string>>,
  { id, key }: { id: string; key: Uint8Array },
): Fingerprints {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'wauth: fingerprints of the settings', 32))
  const print = (...parts: string[]) =>
    createHmac('sha256', derived).update(JSON.stringify(parts)).digest('base64url')
  const settings = Object.entries(texts).map(([name, text]) => [name, print(name, text)] as const)
  return { keyId: id, proof: print('the key itself'), settings: Object.fromEntries(settings) }
}
