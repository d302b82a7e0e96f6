#!/usr/bin/env node
import './check-node.ts'
import { Command } from 'commander'
import { connectionsCommand } from './connections/index.ts'
import { demoCommand } from './demo.ts'
import { EXIT } from './exit.ts'
import { keysCommand } from './keys/index.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { uploadCommand } from './upload/index.ts'

const program = new Command('wauth').description("The CRM vendor's side of WAuth.")

const commands = [
  serveCommand(),
  demoCommand(),
  connectionsCommand(),
  keysCommand(),
  uploadCommand(),
  settingsCommand(),
]
for (const command of commands) program.addCommand(command)
exitAsDocumented(program)

await program.parseAsync()

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
