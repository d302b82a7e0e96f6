import type { TestProject } from 'vitest/node'
import { migratePostgres } from '../../../src/store/postgres/migrate.ts'
import { startPostgres } from './start-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, without a database: `postgres://user:password@host:port`. */
    postgresServer: string
  }
}

/** A PostgreSQL server for this run of the tests; it ends, and all of it goes, with the run. */
export default async function setUp(project: TestProject) {
  const { url, createDatabase, stop } = await startPostgres()
  await createDatabase('wauth_template')
  await migratePostgres(`${url}/wauth_template`)
  project.provide('postgresServer', url)
  return stop
}
