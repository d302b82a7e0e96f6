import { bypassOf, type Bypass } from '../no-proxy.ts'
import { parsedText, refuseQuotes } from './parsed-text.ts'

/** Items separated by commas or blanks, as others read NO_PROXY, too; one too many of either is nothing. */
export const bypassList = () =>
  parsedText((text, refuse): Bypass[] =>
    text
      .split(/[\s,]+/)
      .filter((item) => item !== '')
      .map((item) => {
        refuseQuotes(item, refuse)
        return (
          bypassOf(item) ?? refuse('has an item that is neither a host, an address, nor a block of addresses')
        )
      }),
  )
