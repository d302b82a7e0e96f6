// Controls, line separators, marks that change the direction of text or show nothing, private use, halves of pairs.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** A text of others, fit for a terminal or a log: what could move the cursor or disguise the text is shown as `\u{1b}`. */
export const printable = (text: string): string => text.replaceAll('\\', '\\\\').replace(UNPRINTABLE, escaped)
