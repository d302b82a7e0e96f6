import type { IncomingHttpHeaders } from 'node:http'

/** What browsers say, or have said, of an address that they fetch before a person asks for it. */
const AHEAD = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const

/** Where a person sees the address of a page. A service worker that passes a navigation on says `empty`. */
const TOP_LEVEL = ['', 'document', 'empty']

/**
 * Whether somebody is going to this address, as far as the browser says (Fetch Metadata): it is no picture, frame or script
 * of another page, and is not fetched ahead. Older browsers, and programs, say nothing of it.
 */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  const said = (name: string) => [headers[name] ?? []].flat().join(', ').trim().toLowerCase()
  if (AHEAD.some((name) => /prefetch|prerender|preview/.test(said(name)))) return false
  const [mode, destination] = [said('sec-fetch-mode'), said('sec-fetch-dest')]
  if (mode === '' && destination === '') return true
  return mode === 'navigate' && TOP_LEVEL.includes(destination)
}
