/** What `wauth keys generate` needs at least: a command line that is read, and random bytes. Left out: every other command, help, options. */
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'

const program = new Command()
const keys = program.command('keys')
keys.command('generate').action(() => {
  const id = new Date().toISOString().slice(0, 19).replace(/\D/g, '')
  process.stdout.write(`k${id}:${randomBytes(32).toString('base64')}\n`)
})
program.parse()
