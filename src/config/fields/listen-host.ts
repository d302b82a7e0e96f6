import { parsedText } from './parsed-text.ts'

/** An address of this machine to listen on: an IP address or a host name, without a port. */
export function listenHost() {
  return parsedText((text, refuse) =>
    URL.canParse(`http://${text.includes(':') ? `[${text}]` : text}`) && !/[/@?#\s]/.test(text)
      ? text
      : refuse('is neither an IP address nor a host name'),
  )
}
