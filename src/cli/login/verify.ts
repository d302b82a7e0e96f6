import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { namesOf } from '../../connect/account-names.ts'
import type { TokenVerdict } from '../../login/port.ts'
import { printable } from '../../shared/printable.ts'
import { BadUsage } from '../bad-usage.ts'
import { readEnvironment } from '../environment.ts'
import { EXIT } from '../exit.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withLogin } from '../with-login.ts'

const help = `
Examples:
  wauth login verify < token.txt
  wauth login verify --json < token.txt

Judges it as a login of this moment would, so take a fresh one: a hand-over is valid for two minutes, an ID token for ten.
It is not used up, and nothing of it is stored. Exit code 0 when nothing speaks against it, 1 when something does.`

export const verifyCommand = () =>
  new Command('verify')
    .description(
      'Read an ID token or a hand-over from standard input, and say of each claim whether it passes.',
    )
    .option('--json', 'as JSON')
    // Refused below: the refusals that come ready-made repeat what was typed.
    .allowExcessArguments()
    .allowUnknownOption()
    .addHelpText('after', help)
    .action(
      action(async (options: OutputOptions, { args }: Command) => {
        if (args.length > 0) throw onCommandLine()
        await verify(options)
      }),
    )

async function verify(options: OutputOptions) {
  const settings = readEnvironment()
  if (process.stdin.isTTY) process.stderr.write('Paste the token, then press Enter and Ctrl-D:\n')
  const token = (await text(process.stdin)).trim()
  if (token === '') throw noToken()
  const verdict = await withLogin(settings, (method) => method.judge(token))
  print({ login: settings.login.name, ...answerOf(verdict) }, options, words)
  process.exitCode = verdict.ok ? EXIT.done : EXIT.failed
}

/** With what the person and Wazzup will see of the account. */
const answerOf = ({ ok, lines, identity }: TokenVerdict) => ({
  ok,
  claims: lines,
  identity: identity && { ...identity, nameInWazzup: namesOf(identity).inWazzup },
})

function words({ claims, identity, ok }: ReturnType<typeof answerOf>): string {
  const rows = claims.map(({ claim, status, code, says }) => [
    status,
    claim,
    code === null ? says : `${says} (${code})`,
  ])
  return [table(['', 'Claim', ''], rows), '', ending(ok, identity)].join('\n')
}

function ending(ok: boolean, identity: ReturnType<typeof answerOf>['identity']): string {
  if (!ok) return 'A login with this token is refused.'
  if (identity === null) return 'Nothing speaks against this token; it does not say all that a login needs.'
  const { userName, crmAccountId, crmAccountName, nameInWazzup } = identity
  return printable(
    `Nothing speaks against this token: ${userName} acts for ${crmAccountName} (${crmAccountId}), in Wazzup ${nameInWazzup}.`,
  )
}

const onCommandLine = () =>
  new BadUsage(
    'A token does not belong on a command line, where others can see it',
    'Write it to standard input: wauth login verify < token.txt',
  )

const noToken = () =>
  new BadUsage('There is no token on standard input', 'Write it there: wauth login verify < token.txt')
