import { Command } from 'commander'
import { dropCommand, retryCommand } from './act.ts'
import { listCommand } from './list.ts'
import { showCommand } from './show.ts'

/** `wauth deliveries`: events for the CRM, on their way and after. */
export const deliveriesCommand = () =>
  new Command('deliveries')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addCommand(dropCommand())
