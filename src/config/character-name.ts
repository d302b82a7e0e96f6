import { firstInvisible } from '../shared/visible-text.ts'
import { latinTwinOf } from '../shared/latin-twin.ts'

/** Names a character so that a person can find it: its code point, and for a Cyrillic letter its Latin twin. */
export function nameOfCharacter(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  if (/\s/.test(character)) return `a space (${code})`
  // A mark alone is not seen where it stands, either.
  if (firstInvisible(character) !== null || /\p{M}/u.test(character))
    return `an invisible character (${code})`
  const twin = latinTwinOf(character)
  return twin !== character
    ? `a Cyrillic "${character}" (${code}) instead of the Latin "${twin}"`
    : `"${character}" (${code})`
}

/**
 * The first letter of a text that stands in a word with Latin letters and only looks like one of them. A word that is
 * wholly Cyrillic is somebody's language, not a mistake.
 */
export function lookAlikeIn(text: string): string | null {
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}_-]+/gu)) {
    const strange =
      /[A-Za-z]/.test(word) && Array.from(word).find((letter) => /[\p{sc=Cyrl}\p{sc=Grek}]/u.test(letter))
    if (strange) return nameOfCharacter(strange)
  }
  const invisible = Array.from(text).find((character) => /\p{Cf}/u.test(character))
  return invisible === undefined ? null : nameOfCharacter(invisible)
}
