import { INVISIBLE } from './visible-text.ts'

const UNPRINTABLE = new RegExp(INVISIBLE, 'gu')

const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** A text of others, fit for a terminal or a log: what could move the cursor or disguise the text is shown as `\u{1b}`. */
export const printable = (text: string): string => text.replaceAll('\\', '\\\\').replace(UNPRINTABLE, escaped)
