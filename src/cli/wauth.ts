#!/usr/bin/env node
import { Command } from 'commander'
import { demoCommand } from './demo.ts'
import { EXIT } from './exit.ts'
import { serve } from './serve.ts'
import { settingsCommand } from './settings.ts'

const serveCommand = () =>
  new Command('serve').description('Run the service until a signal ends it.').action(serve)

const program = new Command('wauth').description("The CRM vendor's side of WAuth.")

for (const command of [serveCommand(), demoCommand(), settingsCommand()]) program.addCommand(command)
for (const command of [program, ...program.commands]) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage))
}

await program.parseAsync()
