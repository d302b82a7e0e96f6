import { nameOfCharacter } from '../character-name.ts'
import { parsedText } from './parsed-text.ts'

/**
 * The module's code at Wazzup. Not a secret, so the first wrong character is named: documents and keyboards mix in
 * Cyrillic letters that nobody can tell from Latin ones by looking.
 */
export function crmCode() {
  return parsedText((text, refuse) => {
    const characters = Array.from(text)
    const at = characters.findIndex((character) => !/[A-Za-z0-9_-]/.test(character))
    const wrong = characters[at]
    if (wrong !== undefined) return refuse(`has ${nameOfCharacter(wrong)} at position ${at + 1}`)
    return characters.length > 50 ? refuse('is longer than 50 characters') : text
  })
}
