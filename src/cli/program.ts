import { Command } from 'commander'
import { addAsked, type Commands } from './asked.ts'
import { EXIT } from './exit.ts'

const COMMANDS: Commands = {
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
  keys: async () => (await import('./keys/index.ts')).keysCommand(process.argv[3]),
  login: async () => (await import('./login/index.ts')).loginCommand(),
  secrets: async () => (await import('./secrets.ts')).secretsCommand(),
  upload: async () => (await import('./upload/index.ts')).uploadCommand(),
  changes: async () => (await import('./changes/index.ts')).changesCommand(),
  support: async () => (await import('./support.ts')).supportCommand(),
  openapi: async () => (await import('./openapi.ts')).openApiCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  settings: async () => (await import('./settings.ts')).settingsCommand(),
}

/** Does what the words of the command line say. */
export async function runProgram(): Promise<void> {
  const program = new Command('wauth')
    .description("The CRM vendor's side of WAuth.")
    .option('-V, --version', 'print the version, and the commit that it was made of')
    // An option belongs to the command that it stands behind, also where the command above has one of the same name.
    .enablePositionalOptions()
  await addAsked(program, COMMANDS, process.argv[2])
  exitAsDocumented(program)
  await program.parseAsync()
}

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
