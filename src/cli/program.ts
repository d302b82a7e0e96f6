import { Command } from 'commander'
import { addAsked, type Commands } from './asked.ts'
import { EXIT } from './exit.ts'
import { keysCommand } from './keys/index.ts'

/** Every command; `wauth --help` shows them in this order. */
export const COMMANDS: Commands = {
  serve: {
    about: 'Run the service until a signal ends it.',
    load: async () => (await import('./serve.ts')).serveCommand(),
  },
  demo: {
    about: 'Try everything on this machine: a simulated Wazzup, a demo CRM, and the connector between them.',
    takes: '[options]',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  sandbox: {
    about: 'Start a simulated Wazzup for your own set-up, with a page that shows all that happens there.',
    takes: '[options]',
    load: async () => (await import('./sandbox.ts')).sandboxCommand(),
  },
  check: {
    about: 'Check the set-up and everything around it; each line passes or says what to do.',
    takes: '[options]',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  backup: {
    about: 'Copy the database into a file, while the service runs, and open every sealed value of the copy.',
    takes: '[options] <file>',
    load: async () => (await import('./backup.ts')).backupCommand(),
  },
  restore: {
    about: 'Put a copy in the place of the database; the service has to be stopped.',
    takes: '[options] <file>',
    load: async () => (await import('./restore.ts')).restoreCommand(),
  },
  migrate: {
    about: 'Bring the database to the schema of this version.',
    takes: '[options]',
    load: async () => (await import('./migrate.ts')).migrateCommand(),
  },
  module: {
    about: 'Your entry in the marketplace of Wazzup: register it, name it, try it.',
    load: async () => (await import('./module/index.ts')).moduleCommand(),
  },
  connections: {
    about: 'List, show and end the connections of your customers; export and erase their persons.',
    load: async () => (await import('./connections/index.ts')).connectionsCommand(),
  },
  deliveries: {
    about: 'See the events that the CRM is told, send one that has failed once more, or drop it.',
    load: async () => (await import('./deliveries/index.ts')).deliveriesCommand(),
  },
  installs: {
    about: 'Pause new installs on every replica, let them in again, and show which it is.',
    load: async () => (await import('./installs.ts')).installsCommand(),
  },
  keys: {
    about: 'Make and change encryption keys; look a crmKey up.',
    load: (words) => keysCommand(words),
  },
  login: {
    about: 'Look at what your login says.',
    load: async () => (await import('./login/index.ts')).loginCommand(),
  },
  secrets: {
    about: 'Make the secrets that are yours to choose, as files for NAME_FILE. What is there is kept.',
    takes: '[options] <folder>',
    load: async () => (await import('./secrets.ts')).secretsCommand(),
  },
  upload: {
    about: 'Send the data of a customer to Wazzup again, and see how far that has got.',
    load: async () => (await import('./upload/index.ts')).uploadCommand(),
  },
  changes: {
    about: 'See how far the changes of a customer have got that your CRM has passed on.',
    load: async () => (await import('./changes/index.ts')).changesCommand(),
  },
  support: {
    about: 'Tell what happened under a support id, and what to do. Never a key, never a state.',
    takes: '[options] <supportId>',
    load: async () => (await import('./support.ts')).supportCommand(),
  },
  openapi: {
    about: 'Print the internal API as OpenAPI 3.1.',
    takes: '[options]',
    load: async () => (await import('./openapi.ts')).openApiCommand(),
  },
  health: {
    about: 'Ask the running service of these settings how it is.',
    takes: '[options]',
    load: async () => (await import('./health.ts')).healthCommand(),
  },
  settings: {
    about: 'Print every setting, its meaning and its default.',
    takes: '[options]',
    load: async () => (await import('./settings.ts')).settingsCommand(),
  },
}

/** Does what the words of the command line say. */
export async function runProgram(): Promise<void> {
  const program = new Command('wauth')
    .description("The CRM vendor's side of WAuth.")
    .option('-V, --version', 'print the version, and the commit that it was made of')
    // An option belongs to the command that it stands behind, also where the command above has one of the same name.
    .enablePositionalOptions()
  await addAsked(program, COMMANDS, process.argv.slice(2))
  exitAsDocumented(program)
  await program.parseAsync()
}

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
