import { Command } from 'commander'
import { brandCommand } from './brand.ts'
import { setCommand } from './set.ts'
import { simulateCommand } from './simulate.ts'

/** `wauth module`: the vendor's entry in Wazzup's marketplace. */
export const moduleCommand = () =>
  new Command('module')
    .addCommand(setCommand())
    .addCommand(brandCommand())
    .addCommand(simulateCommand())
    .addHelpText(
      'after',
      '\nIn this order:\n  wauth module set\n  wauth module simulate\n  wauth module brand --name "My CRM" --logo logo.svg',
    )
