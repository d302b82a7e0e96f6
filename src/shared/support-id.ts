import { hash } from 'node:crypto'
import { latinTwinOf } from './latin-twin.ts'

/** Crockford's base 32: no letters that a person on the phone could mistake for a digit. */
export const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** In hex; what is made of it hides nothing. */
export const hashOf = (text: string) => hash('sha256', text)

/** A short name of an attempt, made of its id, the same on its pages and in the log: `WA-7K3M-9Q2P`. */
export function supportIdOf(attemptId: string): string {
  const symbols = Buffer.from(hashOf(attemptId), 'hex')
    .subarray(0, 8)
    .reduce((text, byte) => text + (SYMBOLS[byte % SYMBOLS.length] ?? ''), '')
  return written(symbols)
}

/** Eight symbols as people are shown them. */
export const written = (symbols: string): string => `WA-${symbols.slice(0, 4)}-${symbols.slice(4)}`

/**
 * A support id as somebody has typed it, or has heard it on the phone: in any case, with or without `WA` and its dashes, with
 * the letters that the alphabet leaves out as they look alike, and with Cyrillic ones. Null for what is none.
 */
export function readSupportId(text: string): string | null {
  const letters = Array.from(text.normalize('NFKC').toUpperCase(), latinTwinOf)
    .join('')
    .replaceAll(/[^A-Z0-9]/g, '')
  const symbols = letters.length === 10 ? letters.replace(/^WA/, '') : letters
  const meant = symbols.replaceAll('O', '0').replaceAll(/[IL]/g, '1').replaceAll('U', 'V')
  const isOne = meant.length === 8 && Array.from(meant).every((symbol) => SYMBOLS.includes(symbol))
  return isOne ? written(meant) : null
}
