import closeWithGrace from 'close-with-grace'
import { Command, InvalidArgumentError } from 'commander'
import { action } from './run-command.ts'
import { readSandboxSettings, type SandboxSettings } from './sandbox-settings.ts'

const PORT = 4100

/** `wauth sandbox`: a simulated Wazzup for the vendor's own set-up. */
export const sandboxCommand = () =>
  new Command('sandbox')
    .option('--port <port>', 'where it listens on 127.0.0.1', portNumber, PORT)
    .addHelpText('after', HELP)
    .action(action(sandbox))

const HELP = `
Reads WAZZUP_CRM_CODE, WAZZUP_SECRET, PUBLIC_URL, TENANT_HOSTS, CRM_NAME and, if it is there, WAZZUP_PARTNER_API_KEY from
the environment or .env, as the service does. For the service set NODE_ENV=development and WAZZUP_API_URL to the address
that this command prints. Everything is forgotten when it ends.

Examples:
  wauth sandbox
  wauth sandbox --port 4200`

function portNumber(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

async function sandbox({ port }: { port: number }): Promise<void> {
  const settings = readSandboxSettings()
  const { startWazzupAlone } = await import('./demo/index.ts')
  const wazzup = await startWazzupAlone(settings, port)
  process.stdout.write(words(settings, wazzup))
  closeWithGrace({ delay: 10_000, logger: false }, () => wazzup.close())
}

interface Addresses {
  url: string
  marketplaceUrl: string
  consoleUrl: string
}

function words(
  { WAZZUP_API_URL, NODE_ENV }: SandboxSettings,
  { url, marketplaceUrl, consoleUrl }: Addresses,
) {
  const missing = [
    ...(NODE_ENV === 'development' ? [] : ['NODE_ENV=development']),
    ...(WAZZUP_API_URL.origin === url ? [] : [`WAZZUP_API_URL=${url}`]),
  ]
  return `
A simulated Wazzup for your own set-up:

    ${marketplaceUrl}   the customer's page: press «Connect» here
    ${consoleUrl}   what Wazzup holds, every request, and buttons for messages, refused keys, lost answers

${missing.length === 0 ? 'Your settings lead here: start the service.' : `Write into .env, and start the service again:\n\n${missing.map((line) => `    ${line}`).join('\n')}\n`}
It has read the code, the secret and the partner key of your settings: start it again when you change one of them.
Ctrl-C ends it, and everything it holds is forgotten.
`
}
