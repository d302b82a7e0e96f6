import type { Command } from 'commander'

/** Commands by their names, each with what loads it. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>

/** Adds the command of this name and loads no other: most need a small part of the service. All where it is none of them. */
export async function addAsked(to: Command, commands: Commands, name = ''): Promise<void> {
  const asked = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands)
  for (const load of asked) if (load) to.addCommand(await load())
}
