import { forDriver, partsOf } from '../../config/fields/database-url.ts'

/** Parameters that make the driver ask for TLS, and a valid certificate for the host, also where there is no `sslmode`. */
const VERIFYING = ['sslrootcert', 'sslcert', 'sslkey']

/**
 * How libpq is told what the address says (PostgreSQL, «Environment Variables» of libpq). It trusts no server that the driver
 * would not trust.
 */
export function programEnvironment(address: string): Record<string, string> {
  const url = partsOf(forDriver(address))
  const of = (name: string) => url.searchParams.get(name) ?? ''
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const mode = of('sslmode') || (verifies(of) ? 'verify-full' : '')
  const all = {
    PGHOST: of('host') || host,
    PGPORT: of('port') || url.port,
    PGUSER: of('user') || decodeURIComponent(url.username),
    PGPASSWORD: of('password') || decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    // `no-verify` is the driver's own word.
    PGSSLMODE: mode.replace('no-verify', 'require'),
    // Without it libpq looks for a file in the home folder. The word is of libpq 16.
    PGSSLROOTCERT: of('sslrootcert') || (mode === 'verify-full' ? 'system' : ''),
    ...{ PGSSLCERT: of('sslcert'), PGSSLKEY: of('sslkey') },
    ...{ PGOPTIONS: of('options'), PGAPPNAME: 'wauth backup' },
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

const verifies = (of: (name: string) => string) =>
  /^(true|1)$/.test(of('ssl')) ||
  of('sslnegotiation') === 'direct' ||
  VERIFYING.some((name) => of(name) !== '')
