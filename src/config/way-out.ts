import { X509Certificate } from 'node:crypto'
import type { Problem } from './config-error.ts'
import type { ForwardProxy } from './fields/forward-proxy.ts'
import type { Bypass } from './no-proxy.ts'

/** How this service gets to others, the same for every call that leaves it. */
export interface WayOut {
  /** Null: straight to everybody. */
  proxy: ForwardProxy | null
  /** Who is reached without the proxy; this machine always is. */
  bypasses: readonly Bypass[]
  /** Certificates in PEM of authorities that count beside those of Node. */
  authorities: readonly string[]
}

/** Without a proxy, by the authorities of Node. */
export const STRAIGHT: WayOut = { proxy: null, bypasses: [], authorities: [] }

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const NAME = 'CA_FILE'

/** What was good of the section. */
interface Known {
  HTTPS_PROXY?: ForwardProxy | undefined
  NO_PROXY?: Bypass[] | undefined
  CA_FILE?: string | undefined
}

/** The way out by its settings, and what is wrong with the file of authorities. */
export function wayOutOf(
  { HTTPS_PROXY, NO_PROXY, CA_FILE }: Known,
  readFile: (path: string) => string,
): { wayOut: WayOut; problems: Problem[] } {
  const { authorities, problems } = readAuthorities(CA_FILE, readFile)
  return { wayOut: { proxy: HTTPS_PROXY ?? null, bypasses: NO_PROXY ?? [], authorities }, problems }
}

/** The certificates in the file that CA_FILE names, each as PEM; or why they cannot be had. */
function readAuthorities(
  path: string | undefined,
  readFile: (path: string) => string,
): { authorities: string[]; problems: Problem[] } {
  if (path === undefined) return { authorities: [], problems: [] }
  const refused = (problem: string, hint: string) => ({
    authorities: [],
    problems: [{ name: NAME, problem, hint }],
  })
  let text
  try {
    text = readFile(path)
  } catch {
    return refused(
      'names a file that cannot be read',
      'Check that the path exists, counted from the folder in which this is started, and that this user may read it.',
    )
  }
  if (text.includes('PRIVATE KEY-----'))
    return refused(
      'names a file with a private key',
      'Name a file of certificates alone: no key is wanted here.',
    )
  const authorities = text.match(CERTIFICATE) ?? []
  if (authorities.length === 0)
    return refused(
      'names a file without a certificate in PEM',
      'Of a certificate in DER make one: openssl x509 -inform der -in FILE -out FILE.pem',
    )
  const bad = authorities.findIndex((pem) => !isReadable(pem))
  if (bad < 0) return { authorities, problems: [] }
  return refused(
    `names a file whose certificate number ${bad + 1} cannot be read`,
    'Look for a copying mistake: openssl x509 -in FILE -noout -subject reads the first one.',
  )
}

function isReadable(pem: string): boolean {
  try {
    new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}
