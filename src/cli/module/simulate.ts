import { Command } from 'commander'
import { isLoopback } from '../../config/loopback.ts'
import { claimsOf } from '../../connect/state.ts'
import { isSameAddress } from '../../shared/same-address.ts'
import { BadUsage } from '../bad-usage.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { failureOf, tellFailure, type Failed, type Failure } from './failure.ts'
import { openInBrowser } from './open-in-browser.ts'
import { readModuleSettings, type ModuleSettings } from './settings.ts'
import { withMarketplace } from './with-marketplace.ts'

interface Options extends OutputOptions {
  domain?: string
  open?: true
}

const examples = `
Examples:
  wauth module simulate                                  get an address, and open it yourself
  wauth module simulate --open                           open it in the browser of this machine
  wauth module simulate --domain https://acme.crm.example   for a module without an address of its own

Wazzup acts as if a customer had pressed «Connect». The address works once and only for a short time.`

/** `wauth module simulate`: has Wazzup act as if a customer had pressed «Connect». */
export const simulateCommand = () =>
  new Command('simulate')
    .description('Have Wazzup act as if a customer had pressed «Connect», and get the address to open.')
    .option('--domain <url>', "the customer's address, for a module that has none of its own")
    .option('--open', 'open the address in the browser of this machine')
    .option('--json', 'the result as JSON')
    .addHelpText('after', examples)
    .action(action(simulate))

async function simulate(options: Options): Promise<void> {
  const settings = readModuleSettings({ needsAddress: false })
  const { crmCode: type, development } = settings
  const domain = options.domain === undefined ? undefined : checkedDomain(options.domain, development)
  const asked = domain === undefined ? { type } : { type, domain }
  const outcome = await withMarketplace(settings, (marketplace) => marketplace.simulate(asked))
  if (outcome.kind !== 'address') {
    if (outcome.kind !== 'done')
      tellFailure({ ...failureOf(outcome, usualReasons), ...plainly(outcome) }, options)
    return
  }
  tell(outcome.address, settings, options)
  if (options.open) await openInBrowser(outcome.address)
}

const usualReasons =
  'Mostly the module is not registered under this crmCode: run wauth module set. If it has no address of its own, add --domain https://customer.crm.example'

/** Nothing is changed by asking for an address, so that nothing can be half done either. */
function plainly(outcome: Failed): Partial<Failure> {
  if (outcome.kind !== 'unavailable' || !outcome.maybeDone) return {}
  if (outcome.code !== 'no_address')
    return {
      changed: false,
      problem: 'Wazzup gave no usable answer.',
      next: 'Repeat the command in a moment.',
    }
  return {
    ...{ changed: false, problem: 'Wazzup answered, but with no address to open.' },
    next: 'Ask the support of Wazzup what POST /v3/wauth should answer; or press «Connect» in your own Wazzup account.',
  }
}

function checkedDomain(text: string, development: boolean): string {
  const url = URL.parse(text)
  const http = url?.protocol === 'http:' && development && isLoopback(url.hostname)
  if (url && (url.protocol === 'https:' || http) && !text.includes('#')) return text
  throw new BadUsage('The address of --domain is not one', 'Write it whole: https://acme.crm.example')
}

function tell(address: URL, settings: ModuleSettings, options: OutputOptions): void {
  const warning = detour(address, settings)
  print({ result: 'done', address: address.href, warning }, options, () =>
    [
      'Open this address in a browser:',
      '',
      `  ${address.href}`,
      '',
      ...(warning === null ? [] : [`Warning: ${warning}`, '']),
      ...expected(address),
    ].join('\n'),
  )
}

function expected(address: URL): string[] {
  const { wazzupAccountId } = claimsOf(address.searchParams.get('state') ?? '')
  return [
    'What you should see then:',
    '  1. the login of your CRM (or nothing, if you are logged in there)',
    `  2. «Connect this account to Wazzup?», with your CRM account and the Wazzup account ${wazzupAccountId ?? 'of your apiKey'}`,
    '  3. after «Connect»: «Connected»',
    'This connects for real: use a CRM account that is only for trying. The address works once; run the command again',
    'for another. If something else comes, run: wauth check',
  ]
}

/** Why this address will not lead to the connector. */
function detour(address: URL, { publicUrl, tenantHosts }: ModuleSettings): string | null {
  if (!publicUrl || (tenantHosts.length > 0 && address.origin !== publicUrl.origin)) return null
  const ours = new URL('/wauth', publicUrl)
  const theirs = new URL(address.pathname, address)
  return isSameAddress(theirs, ours)
    ? null
    : `it leads to ${theirs.href}, but this service is at ${ours.href}: run wauth module set to change where Wazzup sends customers.`
}
