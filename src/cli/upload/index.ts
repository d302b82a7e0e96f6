import { Command } from 'commander'
import { startCommand } from './start.ts'
import { statusCommand } from './status.ts'

/** `wauth upload`: run it again, and see how far it has got. */
export const uploadCommand = () =>
  new Command('upload').addCommand(startCommand()).addCommand(statusCommand())
