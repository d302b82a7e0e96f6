/** `npm run simulate -- --seed 123 --runs 500`: simulated runs of the service, see `simulate.ts`. */
import { parseArgs } from 'node:util'
import { startServer } from '../support/postgres/start-server.ts'
import { makeTemplate } from '../support/postgres/test-database.ts'
import { postgresDatabases, sqliteDatabases } from './database.ts'
import { listOf, runMany, storyOf } from './run-many.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    /** In the runs an operator rotates the encryption key; a later release changes the schema. */
    rotations: { type: 'boolean', default: false },
    migrations: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'sqlite' },
    /** Goes on after a failure. */
    all: { type: 'boolean', default: false },
    /** How much of a failure's story is told. */
    lines: { type: 'string', default: '150' },
  },
})

const server = values.engine === 'postgres' ? await startServer() : null
if (server) await makeTemplate(server.url)
const databases = server ? await postgresDatabases(server.url) : await sqliteDatabases()
try {
  const summary = await runMany(databases, {
    seed: Number(values.seed),
    changes: { rotations: values.rotations, migrations: values.migrations },
    lines: Number(values.lines),
    goesOn: ({ runs, failures }) => runs < Number(values.runs) && (values.all || failures.length === 0),
  })
  const { failures } = summary
  const stories = failures.map((report) =>
    values.all ? `seed ${report.seed}: ${report.problem ?? ''}` : storyOf(report),
  )
  process.stdout.write(`${[...stories, listOf(summary)].join('\n')}\n`)
  process.exitCode = failures.length > 0 ? 1 : 0
} finally {
  await databases.close()
  await server?.remove()
}
