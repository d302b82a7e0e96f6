import { randomBytes } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../../shared/clock.ts'
import { print, type OutputOptions } from '../output.ts'

interface Options extends OutputOptions {
  events?: boolean
  id?: string
}

export const generateCommand = () =>
  new Command('generate')
    .option('--events', 'a key to sign events with, as EVENTS_SECRET wants it')
    .option('--id <id>', 'its id, new for every key; by default made of the time', id)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth keys generate > key.txt\n  wauth keys generate --id k2\n  wauth keys generate --events\n',
    )
    .action(async ({ id: given, events, ...output }: Options) => {
      if (events) {
        const { newWebhookSecret } = await import('../../config/fields/webhook-secret.ts')
        print({ secret: newWebhookSecret() }, output, ({ secret }) => secret)
        return
      }
      const key = { id: given ?? idOf(systemClock()), key: randomBytes(32).toString('base64') }
      print(key, output, (made) => `${made.id}:${made.key}`)
      if (process.stdout.isTTY && !output.json) process.stderr.write(NEXT)
    })

const NEXT = `
Put it behind the keys of ENCRYPTION_KEYS, with a comma before it, and restart every replica. Then put it in front and
restart again, then run 'wauth keys rotate'. The first key of a new service needs none of this.
`

const idOf = (now: Date) => `k${now.toISOString().slice(0, 19).replace(/\D/g, '')}`

function id(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(text))
    throw new InvalidArgumentError('At most 32 letters, digits, - and _.')
  return text
}
