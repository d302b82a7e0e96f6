import { join } from 'node:path'
import { inject } from 'vitest'
import { testDatabase } from './postgres/test-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the services of these tests keep their data in; each project of vitest.config.ts says it. */
    engine: 'sqlite' | 'postgres'
  }
}

/** A new database for a service under test: a file in this folder, or one on the PostgreSQL server of the run. */
export async function databaseFor(folder: string): Promise<{ url: string; remove(): Promise<unknown> }> {
  if (inject('engine') === 'sqlite') {
    return { url: `file:${join(folder, 'wauth.db')}`, remove: () => Promise.resolve() }
  }
  const { url, remove } = await testDatabase()
  return { url, remove }
}
