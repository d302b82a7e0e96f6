import type { TestProject } from 'vitest/node'
import { makeTemplate } from './test-database.ts'
import { startServer } from './start-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, without a database. */
    postgresServer: string
  }
}

/** A PostgreSQL server for this run of the tests; it ends, and all of it goes, with the run. */
export default async function setUp(project: TestProject) {
  const { url, remove } = await startServer()
  await makeTemplate(url)
  project.provide('postgresServer', url)
  return remove
}
