#!/usr/bin/env node
import './check-node.ts'
import { Command } from 'commander'
import { demoCommand } from './demo.ts'
import { EXIT } from './exit.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'

const program = new Command('wauth').description("The CRM vendor's side of WAuth.")

for (const command of [serveCommand(), demoCommand(), settingsCommand()]) program.addCommand(command)
exitAsDocumented(program)

await program.parseAsync()

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
