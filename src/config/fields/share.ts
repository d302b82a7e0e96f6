import { parsedText } from './parsed-text.ts'

/** A part of the whole, from 0 to 1. */
export function share() {
  return parsedText((text, refuse) =>
    /^(0|1|0?\.\d{1,6}|1\.0+)$/.test(text)
      ? Number(text)
      : refuse('must be a number from 0 to 1, such as 0.1'),
  )
}
