import { Command } from 'commander'
import { addAsked, type Commands } from '../asked.ts'

const COMMANDS: Commands = {
  generate: async () => (await import('./generate.ts')).generateCommand(),
  rotate: async () => (await import('./rotate.ts')).rotateCommand(),
  lookup: async () => (await import('./lookup.ts')).lookupCommand(),
}

/** `wauth keys`: the keys that seal the database, and the crmKeys in it. `asked`: the word behind it. */
export async function keysCommand(asked?: string): Promise<Command> {
  const keys = new Command('keys').description('Make and change encryption keys; look a crmKey up.')
  await addAsked(keys, COMMANDS, asked)
  return keys
}
