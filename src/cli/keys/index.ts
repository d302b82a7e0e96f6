import { Command } from 'commander'
import { generateCommand } from './generate.ts'
import { lookupCommand } from './lookup.ts'
import { rotateCommand } from './rotate.ts'

/** `wauth keys`: the keys that seal the database, and the crmKeys in it. */
export const keysCommand = () =>
  new Command('keys')
    .description('Make and change encryption keys; look a crmKey up.')
    .addCommand(generateCommand())
    .addCommand(rotateCommand())
    .addCommand(lookupCommand())
