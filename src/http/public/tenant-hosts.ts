import { stateIn } from '../../connect/state.ts'

/**
 * The variant in which every customer has an address of their own: Wazzup then adds the state to whatever address the
 * customer typed. Returns where to send such a request, or null when it is none: the cookie must be set on the host of
 * `PUBLIC_URL`, where the login comes back to.
 */
export function tenantRedirect(tenantHosts: readonly string[], publicUrl: URL) {
  return (host: string, rawQuery: string): URL | null => {
    if (host === publicUrl.hostname || !tenantHosts.some((pattern) => matches(pattern, host))) return null
    const state = stateIn(rawQuery)
    if (state === null) return null
    const url = new URL('/wauth', publicUrl)
    url.search = `?state=${encodeURIComponent(state)}`
    return url
  }
}

/** `*.crm.example` stands for one or more labels before `.crm.example`, never for `crm.example` itself. */
const matches = (pattern: string, host: string) =>
  pattern.startsWith('*.') ? host.toLowerCase().endsWith(pattern.slice(1)) : host.toLowerCase() === pattern
