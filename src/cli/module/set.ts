import { Command } from 'commander'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { agreed, type AgreementOptions } from './agreed.ts'
import { failureOf, tellFailure } from './failure.ts'
import { checkedRedirect } from './redirect.ts'
import { readModuleSettings, type ModuleSettings } from './settings.ts'
import { withMarketplace } from './with-marketplace.ts'

interface Options extends AgreementOptions {
  /** False for `--no-redirect`. */
  redirect?: string | false
}

const examples = `
Examples:
  wauth module set                                      PUBLIC_URL/wauth is where customers are sent
  wauth module set --dry-run                            only show what would be sent
  wauth module set --redirect https://crm.example/wauth --yes
  wauth module set --no-redirect                        every customer has an address of their own (TENANT_HOSTS)

Reads WAZZUP_CRM_CODE, WAZZUP_SECRET, WAZZUP_PARTNER_API_KEY and PUBLIC_URL. Repeating it is safe.`

/** `wauth module set`: registers the module at Wazzup, or changes it. */
export const setCommand = () =>
  new Command('set')
    .description('Register your module at Wazzup, or change its secret and address.')
    .option('--redirect <url>', 'where Wazzup sends customers (default: PUBLIC_URL/wauth)')
    .option('--no-redirect', 'none: Wazzup asks every customer for the address of their CRM')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as JSON')
    .addHelpText('after', examples)
    .action(action(set))

async function set(options: Options): Promise<void> {
  const { redirect } = options
  const settings = readModuleSettings({ needsAddress: redirect === undefined })
  const authRedirectUri = addressOf(redirect, settings)
  const question = 'Register this module at Wazzup?'
  if (!(await agreed(shown(settings, authRedirectUri), question, options))) return
  const { crmCode, secret } = settings
  const body = { crmCode, secret: secret.reveal(), authRedirectUri }
  const outcome = await withMarketplace(settings, (marketplace) => marketplace.register(body))
  if (outcome.kind === 'done') done({ crmCode, authRedirectUri }, options)
  else tellFailure(failureOf(outcome, usualReasons), options)
}

const usualReasons =
  'Mostly the crmCode belongs to somebody else: choose another one in WAZZUP_CRM_CODE. Else ask the support of Wazzup what it has against these values.'

function addressOf(redirect: Options['redirect'], { publicUrl, development }: ModuleSettings): string {
  if (redirect === false) return ''
  return redirect === undefined && publicUrl
    ? new URL('/wauth', publicUrl).href
    : checkedRedirect(redirect ?? '', development)
}

/** The secret shows only how long it is: enough to notice an empty or a cut one. */
function shown(settings: ModuleSettings, authRedirectUri: string): string {
  const { apiUrl, crmCode, secret, publicUrl, tenantHosts } = settings
  const usual = publicUrl && new URL('/wauth', publicUrl).href
  const notes = [
    authRedirectUri === '' && tenantHosts.length === 0
      ? 'TENANT_HOSTS is not set: the connector would not recognise customers on their own addresses.'
      : null,
    authRedirectUri !== '' && usual !== null && authRedirectUri !== usual
      ? `The connector itself answers at ${usual}: your proxy has to lead from one to the other.`
      : null,
  ]
  return [
    `POST ${new URL('/v3/marketplace', apiUrl).href}`,
    `  crmCode          ${crmCode}`,
    `  secret           *** (${secret.reveal().length} characters, from WAZZUP_SECRET)`,
    `  authRedirectUri  ${authRedirectUri === '' ? '(empty: every customer has an address of their own)' : authRedirectUri}`,
    ...notes.filter((note) => note !== null).map((note) => `Note: ${note}`),
  ].join('\n')
}

function done(module: { crmCode: string; authRedirectUri: string }, options: OutputOptions): void {
  print({ result: 'done', ...module }, options, ({ crmCode }) =>
    [
      `\nThe module ${crmCode} is registered.`,
      'Next: try it with  wauth module simulate',
      '      then give it a name and a logo with  wauth module brand',
    ].join('\n'),
  )
}
