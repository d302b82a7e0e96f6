import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

/** A forward proxy: where it is, without a user name or a password, and what it is shown instead. */
export interface ForwardProxy {
  url: URL
  authorization: Secret | null
}

const WRITTEN =
  'Write http://host:port, or http://user:password@host:port; what is not a letter or a digit in them percent-encoded.'

/** A proxy on the way out, as curl takes it: without a scheme it is spoken to by http. Its password never leaves the `Secret`. */
export const forwardProxy = () =>
  parsedText((text, refuse): ForwardProxy => {
    const url = URL.parse(text.includes('://') ? text : `http://${text}`)
    if (!url || url.hostname === '') return refuse('is not the address of a proxy', WRITTEN)
    if (!/^https?:$/.test(url.protocol))
      return refuse('is no http proxy', 'Only proxies of http and https are known, not SOCKS.')
    if (url.pathname !== '/' || url.search || text.includes('#'))
      return refuse('has more than a host and a port', WRITTEN)
    try {
      return { url: new URL(url.origin), authorization: authorizationOf(url) }
    } catch {
      return refuse('has a user name or a password that is not percent-encoded', WRITTEN)
    }
  })

/** RFC 7617. Throws at what decodes to nothing. */
function authorizationOf({ username, password }: URL): Secret | null {
  if (username === '' && password === '') return null
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return new Secret(`Basic ${Buffer.from(pair).toString('base64')}`)
}
