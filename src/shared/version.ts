import { readFileSync } from 'node:fs'

const Package = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** The version of this package. */
export const VERSION: string = Package.version

/** Who asks, in every request that leaves this service (RFC 9110, 10.1.5): some firewalls refuse one that does not say. */
export const USER_AGENT = `wauth-connector/${VERSION}`
