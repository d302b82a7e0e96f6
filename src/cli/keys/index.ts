import { Command } from 'commander'
import { addAsked, type Commands } from '../asked.ts'
import { generateCommand } from './generate.ts'

/** What stands behind `wauth keys`. */
export const COMMANDS: Commands = {
  generate: {
    about: 'Make an encryption key, as ENCRYPTION_KEYS wants it. It is printed and kept nowhere.',
    takes: '[options]',
    load: () => Promise.resolve(generateCommand()),
  },
  rotate: {
    about: 'Re-seal everything with the first key of ENCRYPTION_KEYS, while the service goes on serving.',
    takes: '[options]',
    load: async () => (await import('./rotate.ts')).rotateCommand(),
  },
  lookup: {
    about: 'Whose crmKey is this? The key is read from standard input: a command line is seen by others.',
    takes: '[options]',
    load: async () => (await import('./lookup.ts')).lookupCommand(),
  },
}

/** `wauth keys`: the keys that seal the database, and the crmKeys in it. `words`: what stands behind it. */
export async function keysCommand(words: readonly string[]): Promise<Command> {
  const keys = new Command('keys')
  await addAsked(keys, COMMANDS, words)
  return keys
}
