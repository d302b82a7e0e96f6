import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

/** Where the store is. */
export interface DatabaseAddress {
  engine: 'sqlite' | 'postgres'
  /** A file, whose path counts from the working directory when it is relative; or the URL of a server's database. */
  place: Secret
}

/** `file:./data/wauth.db`, `file:/data/wauth.db` or `file:///data/wauth.db`; `postgres://user:password@host/database` */
export function databaseUrl() {
  return parsedText((text, refuse): DatabaseAddress => {
    if (/^postgres(ql)?:/.test(text)) {
      if (!namesDatabase(text)) return refuse('is not written as postgres://user:password@host:port/database')
      return { engine: 'postgres', place: new Secret(text) }
    }
    const [, path] = /^file:(?:\/\/(?=\/)|(?!\/\/))([^?#]+)$/.exec(text) ?? []
    if (path === undefined) return refuse('is not written as file:<path> or postgres://…')
    if (path.endsWith('/')) return refuse('names a folder instead of a file')
    if (path === ':memory:') return refuse('would lose every apiKey at the first restart')
    return { engine: 'sqlite', place: new Secret(path) }
  })
}

function namesDatabase(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && url.hostname !== '' && url.username !== '' && /^\/[^/]+$/.test(url.pathname)
}
