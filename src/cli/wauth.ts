#!/usr/bin/env node
import './check-node.ts'
import './no-debugger.ts'
import { Command } from 'commander'
import { EXIT } from './exit.ts'

/** Every command. Only the one that is asked for is loaded: most need a small part of the service. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  sandbox: async () => (await import('./sandbox.ts')).sandboxCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  backup: async () => (await import('./backup.ts')).backupCommand(),
  restore: async () => (await import('./restore.ts')).restoreCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  module: async () => (await import('./module/index.ts')).moduleCommand(),
  connections: async () => (await import('./connections/index.ts')).connectionsCommand(),
  deliveries: async () => (await import('./deliveries/index.ts')).deliveriesCommand(),
  installs: async () => (await import('./installs.ts')).installsCommand(),
  keys: async () => (await import('./keys/index.ts')).keysCommand(),
  login: async () => (await import('./login/index.ts')).loginCommand(),
  secrets: async () => (await import('./secrets.ts')).secretsCommand(),
  upload: async () => (await import('./upload/index.ts')).uploadCommand(),
  changes: async () => (await import('./changes/index.ts')).changesCommand(),
  support: async () => (await import('./support.ts')).supportCommand(),
  openapi: async () => (await import('./openapi.ts')).openApiCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  settings: async () => (await import('./settings.ts')).settingsCommand(),
}

const program = new Command('wauth')
  .description("The CRM vendor's side of WAuth.")
  .option('-V, --version', 'print the version, and the commit that it was made of')
  // An option belongs to the command that it stands behind, also where the command above has one of the same name.
  .enablePositionalOptions()

const asked = COMMANDS[process.argv[2] ?? '']
// The log of the service has its own way with a reader that is gone.
if (process.argv[2] !== 'serve') endWithReader()
if (/^(-V|--version)$/.test(process.argv[2] ?? '')) {
  process.stdout.write(`${(await import('./version.ts')).versionLine()}\n`)
  process.exit()
}
for (const load of asked ? [asked] : Object.values(COMMANDS)) program.addCommand(await load())
exitAsDocumented(program)
await program.parseAsync()

/** `wauth check | head`: a reader that has seen enough is no error. */
function endWithReader() {
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
}

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
