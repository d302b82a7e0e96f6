import { parsedText } from './parsed-text.ts'

/** A TCP port; 0 lets the system choose a free one. */
export function port() {
  return parsedText((text, refuse) =>
    /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : refuse('is not a port from 0 to 65535'),
  )
}
