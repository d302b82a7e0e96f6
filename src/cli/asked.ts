import { Command, Help } from 'commander'

/** A command of a list of commands. */
interface Entry {
  about: string
  /** What the list shows behind its name. */
  takes?: string
  /** `words`: what stands behind its name. */
  load: (words: readonly string[]) => Promise<Command>
}

/** Commands by their names. */
export type Commands = Readonly<Record<string, Entry>>

/** Adds the command that the words ask for, and loads no other. Where they ask for none: what the list says of each, and loads none. */
export async function addAsked(to: Command, commands: Commands, words: readonly string[]): Promise<void> {
  const [first = '', ...rest] = words[0] === '--' ? words.slice(1) : words
  const name = first === 'help' ? (rest[0] ?? '') : first
  const asked = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (asked) to.addCommand((await asked.load(rest)).description(asked.about))
  else listAll(to, commands)
}

function listAll(to: Command, commands: Commands) {
  for (const [name, { about }] of Object.entries(commands))
    to.addCommand(new Command(name).description(about))
  to.configureHelp({ subcommandTerm: (one) => termOf(one, commands) })
}

function termOf(one: Command, commands: Commands): string {
  const entry = commands[one.name()]
  if (!entry) return new Help().subcommandTerm(one)
  return [one.name(), entry.takes].filter(Boolean).join(' ')
}
