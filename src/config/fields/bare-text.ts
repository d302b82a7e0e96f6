import { nameOfCharacter } from '../character-name.ts'
import { parsedText } from './parsed-text.ts'

/** A text that is compared to the letter with somebody else's: nothing around it, nothing unseen in it. */
export const bareText = () =>
  parsedText((text, refuse) => {
    const [first, last] = [text.at(0) ?? '', text.at(-1) ?? '']
    const edge = [first, last].find((character) => /\s/.test(character))
    return edge === undefined
      ? text
      : refuse(`begins or ends with ${nameOfCharacter(edge)}`, 'Look for a copying mistake.')
  })
