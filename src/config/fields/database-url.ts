import { parsedText } from './parsed-text.ts'

/** Where the store is. A relative `path` counts from the working directory. */
export interface DatabaseAddress {
  engine: 'sqlite'
  path: string
}

/** `file:./data/wauth.db`, `file:/data/wauth.db` or `file:///data/wauth.db` */
export function databaseUrl() {
  return parsedText((text, refuse): DatabaseAddress => {
    if (/^postgres(ql)?:/.test(text))
      return refuse('names a PostgreSQL server, which this version cannot use')
    const [, path] = /^file:(?:\/\/(?=\/)|(?!\/\/))([^?#]+)$/.exec(text) ?? []
    if (path === undefined) return refuse('is not written as file:<path>')
    if (path.endsWith('/')) return refuse('names a folder instead of a file')
    if (path === ':memory:') return refuse('would lose every apiKey at the first restart')
    return { engine: 'sqlite', path }
  })
}
