import { parsedText } from './parsed-text.ts'

/** A whole number from 0, or from `least`, to `most`. */
export function wholeNumber({ least = 0, most }: { least?: number; most: number }) {
  return parsedText((text, refuse) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    return number >= least && number <= most
      ? number
      : refuse(`is not a whole number from ${least} to ${most}`)
  })
}
