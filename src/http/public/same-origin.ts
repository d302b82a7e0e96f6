import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a form POST comes from one of our own pages, as far as the browser says. `Sec-Fetch-Site` decides where it is
 * sent; older browsers send `Origin`, which is `null` from our pages because of their referrer policy, so `null` proves
 * nothing either way and leaves the decision to the form's token.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: URL): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const { origin } = headers
  return origin === undefined || origin === 'null' || origin === publicUrl.origin
}
