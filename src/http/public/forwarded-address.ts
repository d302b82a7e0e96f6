import { isIP, isIPv4 } from 'node:net'
import type { onRequestHookHandler } from 'fastify'

/**
 * Reads what proxies have written in X-Forwarded-For as bare IP addresses: some write the port, brackets or quotes, and an
 * address is a key that limits count by. What is no address ends the chain: the one that has passed it on stands for the browser.
 */
export const readForwardedAddresses: onRequestHookHandler = ({ raw: { headers } }, _reply, next) => {
  const given = headers['x-forwarded-for']
  // As most proxies write it, there is nothing to be made of it.
  if (given !== undefined && !isIPv4(String(given))) {
    const known = addressesIn(String(given))
    if (known.length > 0) headers['x-forwarded-for'] = known.join(', ')
    else delete headers['x-forwarded-for']
  }
  next()
}

/** The last ones, up to the first from the right that is none. */
function addressesIn(text: string): string[] {
  const all = text.split(',').map(addressIn)
  return all.slice(all.lastIndexOf(null) + 1).filter((address) => address !== null)
}

/** `203.0.113.7`, `203.0.113.7:5151`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5151`; null for anything else. */
function addressIn(text: string): string | null {
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const address =
    /^\[(.*)\](?::\d{1,5})?$/.exec(bare)?.[1] ??
    /^([\d.]+):\d{1,5}$/.exec(bare)?.[1] ??
    bare.replace(/%.*$/, '')
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  return isIP(mapped ?? address) === 0 ? null : (mapped ?? address)
}
