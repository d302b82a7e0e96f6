import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Command = z.tuple([z.literal('node')]).rest(z.string())

/** What the image tells Node, by the `CMD` of the Dockerfile. */
export function nodeFlags(): string[] {
  const file = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const [, command = 'null'] = /^CMD (\[.*\])$/m.exec(file) ?? []
  const [, ...words] = Command.parse(JSON.parse(command))
  return words.filter((word) => word.startsWith('--'))
}
