import { Command } from 'commander'
import { disconnectCommand } from './disconnect.ts'
import { eraseCommand } from './erase.ts'
import { exportCommand } from './export.ts'
import { listCommand } from './list.ts'
import { showCommand } from './show.ts'

/** `wauth connections`: who is connected, since when, an end to it, and what is kept of persons. */
export const connectionsCommand = () =>
  new Command('connections')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(disconnectCommand())
    .addCommand(exportCommand())
    .addCommand(eraseCommand())
