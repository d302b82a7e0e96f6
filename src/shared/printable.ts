import { atFirstUse } from './at-first-use.ts'
import { INVISIBLE } from './visible-text.ts'

const unprintable = atFirstUse(() => new RegExp(INVISIBLE, 'gu'))

/** In JSON, whose layout has line ends of its own; those of its texts are escaped by themselves. */
const unprintableInJson = atFirstUse(() => new RegExp(String.raw`(?!\n)${INVISIBLE}`, 'gu'))

const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** A text of others, fit for a terminal or a log: what could move the cursor or disguise the text is shown as `\u{1b}`. */
export const printable = (text: string): string =>
  text.replaceAll('\\', '\\\\').replace(unprintable(), escaped)

/** The same value for a program, as JSON; for a terminal no character that does more than be seen. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(unprintableInJson(), asUnits)

const asUnits = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
