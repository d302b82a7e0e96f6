#!/usr/bin/env node
import './check-node.ts'
import { Command } from 'commander'
import { checkCommand } from './check.ts'
import { demoCommand } from './demo.ts'
import { EXIT } from './exit.ts'
import { moduleCommand } from './module/index.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'

const program = new Command('wauth').description("The CRM vendor's side of WAuth.")

const commands = [serveCommand(), demoCommand(), checkCommand(), moduleCommand(), settingsCommand()]
for (const command of commands) program.addCommand(command)
exitAsDocumented(program)

await program.parseAsync()

/** For a command and all below it: wrong usage ends with 2. */
function exitAsDocumented(command: Command) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
  for (const part of command.commands) exitAsDocumented(part)
}
