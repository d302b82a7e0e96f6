import { headerOf } from './ask.ts'
import { failure, pass, skip, type Check, type CheckContext, type Finding } from './check.ts'
import { madeUpState } from './made-up-state.ts'

/** The variant in which Wazzup sends every customer to an address of their own: a visit there must end up here. */
export const tenantHosts: Check = {
  name: 'tenant-hosts',
  title: 'TENANT_HOSTS',
  network: true,
  async run(context) {
    const { tenantHosts: patterns, publicUrl } = context.settings
    if (patterns.length === 0) return pass('not set: every customer comes to PUBLIC_URL')
    const hosts =
      context.tenantHost === null ? patterns.filter((one) => !one.startsWith('*.')) : [context.tenantHost]
    if (hosts.length === 0)
      return skip('not tried: name the host of one of your customers, wauth check --tenant-host HOST')
    const findings = await Promise.all(hosts.slice(0, MOST_HOSTS).map((host) => visit(host, context)))
    return (
      findings.find(({ status }) => status !== 'pass') ??
      pass(`${hosts.join(', ')} lead to ${publicUrl.host}`)
    )
  },
}

const MOST_HOSTS = 10

/** The redirect is not followed, so that no attempt is opened. */
async function visit(host: string, { settings, ask }: CheckContext): Promise<Finding> {
  const { publicUrl, wazzup } = settings
  const url = new URL('/', publicUrl)
  url.hostname = host
  url.searchParams.set('state', madeUpState(wazzup.crmCode))
  const asked = await ask(url)
  if (asked.kind === 'silent')
    return failure(
      `${url.origin} does not answer: ${asked.why}`,
      asked.next ?? 'Check its DNS, certificate and reverse proxy.',
    )
  const home = new URL('/wauth', publicUrl).href
  return asked.answer.status === 303 &&
    headerOf(asked.answer, 'location')?.startsWith(`${home}?state=`) === true
    ? pass('')
    : failure(
        `${url.origin}/?state=… does not lead to ${home} (status ${asked.answer.status})`,
        'Have the reverse proxy send requests with a state to this service, with their Host as it came; TENANT_HOSTS must cover that host, and TRUST_PROXY name the proxy if it uses X-Forwarded-Host.',
      )
}
