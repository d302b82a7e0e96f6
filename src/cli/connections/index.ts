import { Command } from 'commander'
import { disconnectCommand } from './disconnect.ts'
import { listCommand } from './list.ts'
import { showCommand } from './show.ts'

/** `wauth connections`: who is connected, since when, and an end to it. */
export const connectionsCommand = () =>
  new Command('connections')
    .description('List, show and end the connections of your customers.')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(disconnectCommand())
