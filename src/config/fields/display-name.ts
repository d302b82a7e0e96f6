import { parsedText } from './parsed-text.ts'

/** A name for people, at most 60 characters on one line. */
export function displayName() {
  return parsedText((text, refuse) => {
    if (/\p{C}/u.test(text)) return refuse('has invisible characters')
    return text.trim() === '' || Array.from(text).length > 60
      ? refuse('must have 1 to 60 characters')
      : text.trim()
  })
}
