import type { Problem } from '../config-error.ts'
import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

/** Where the store is. */
export interface DatabaseAddress {
  engine: 'sqlite' | 'postgres'
  /** A file, whose path counts from the working directory when it is relative; or the URL of a server's database. */
  place: Secret
}

/**
 * `file:./data/wauth.db`, `file:/data/wauth.db` or `file:///data/wauth.db`; `postgres://user:password@host/database`, or for the
 * socket of a server on this machine `postgres://user:password@/database?host=/var/run/postgresql`.
 */
export function databaseUrl() {
  return parsedText((text, refuse): DatabaseAddress => {
    if (/^postgres(ql)?:/.test(text)) {
      const wrong = wrongWithServer(text)
      return wrong === null ? { engine: 'postgres', place: new Secret(text) } : refuse(wrong)
    }
    const [, path] = /^file:(?:\/\/(?=\/)|(?!\/\/))([^?#]+)$/.exec(text) ?? []
    if (path === undefined) return refuse('is not written as file:<path> or postgres://…')
    if (path.endsWith('/')) return refuse('names a folder instead of a file')
    if (path === ':memory:') return refuse('would lose every apiKey at the first restart')
    return { engine: 'sqlite', place: new Secret(path) }
  })
}

const FORM = 'is not written as postgres://user:password@host:port/database'

/** What stands where a host does that the parameters name: without any, Node does not take an address with a user for a URL. */
const NO_HOST = /^(\w+:\/\/(?:[^@/]*@)?)(?=\/)/

/** What keeps the driver from understanding an address of a server; null when nothing does. */
function wrongWithServer(text: string): string | null {
  const hosts = `${/^\w+:\/\/(?:.*@)?([^/?#]*)/.exec(text)?.[1] ?? ''} ${parameterOf(text, 'host')} ${parameterOf(text, 'port')}`
  if (hosts.includes(','))
    return 'names several servers, of which one is used: name the one that is written to'
  const filled = text.replace(NO_HOST, '$1in-parameters')
  if (!URL.canParse(filled)) return FORM
  const { hostname, username, pathname } = new URL(filled)
  const host = parameterOf(text, 'host')
  if (NO_HOST.test(text) && host === '') return FORM
  if (hostname === '' || (username === '' && parameterOf(text, 'user') === '')) return FORM
  return /^\/[^/]+$/.test(pathname) ? null : FORM
}

const parameterOf = (text: string, name: string): string =>
  new URLSearchParams(/\?([^#]*)/.exec(text)?.[1]).get(name) ?? ''

/** Modes that say less than what the driver makes of them, which is verify-full. */
const LESS_THAN_VERIFIED = ['prefer', 'require', 'verify-ca'] as const

/** The mode of TLS in an address of a server that is taken for verify-full; null when its parameters are taken as they are written. */
function takenAsVerified(text: string) {
  if (parameterOf(text, 'uselibpqcompat') === 'true') return null
  return LESS_THAN_VERIFIED.find((mode) => parameterOf(text, 'sslmode') === mode) ?? null
}

/** The address as the driver gets it: what it does is written out, so that a later one does the same and none warns. */
export const forDriver = (url: string): string =>
  takenAsVerified(url) === null
    ? url
    : url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|#|$)/, '$1verify-full')

/** What is good to know of an address that works. */
export function warningsOf({ engine, place }: DatabaseAddress): Problem[] {
  const mode = engine === 'postgres' ? takenAsVerified(place.reveal()) : null
  if (mode === null) return []
  return [
    {
      name: 'DATABASE_URL',
      problem: `has sslmode=${mode}, which is taken as verify-full: the server must have a valid certificate for its host`,
      hint: `Write sslmode=verify-full; or uselibpqcompat=true&sslmode=${mode} for what libpq does.`,
    },
  ]
}
