import { X509Certificate } from 'node:crypto'
import type { WayOut } from '../../config/way-out.ts'
import { goesByProxy } from '../../upstream/way-out.ts'
import { pass, warning, type Check, type CheckContext } from './check.ts'

type Settings = CheckContext['settings']

/** By which way this machine asks others, and by whose word it trusts them. The password of the proxy is never said. */
export const wayOut: Check = {
  name: 'way-out',
  title: 'Way out',
  network: false,
  run({ settings, clock }) {
    const { authorities } = settings.wayOut
    const says = [
      proxySays(settings),
      `certificates are judged by the authorities of Node${ownSays(authorities)}`,
    ]
    const over = authorities.filter((pem) => new X509Certificate(pem).validToDate <= clock())
    return over.length === 0
      ? pass(says.join('; '))
      : warning(
          `${says.join('; ')}; ${over.map(nameOf).join(', ')} of CA_FILE has expired`,
          'Put the newer certificate of that authority into CA_FILE, and remove this one.',
        )
  },
}

const ownSays = (authorities: readonly string[]) =>
  authorities.length === 0 ? '' : ` and of CA_FILE: ${authorities.map(nameOf).join(', ')}`

/** As much of the subject as tells one from another. */
const nameOf = (pem: string) => new X509Certificate(pem).subject.replaceAll('\n', ' ')

function proxySays({ wayOut: way, wazzup, upload, webhooksUrl, publicUrl }: Settings): string {
  if (way.proxy === null) return 'without a proxy'
  const { url, authorization } = way.proxy
  const login = authorization === null ? '' : ', with a user name and a password'
  const urls = [wazzup.apiUrl, upload?.exportUrl, webhooksUrl, publicUrl].filter(
    (one) => one !== undefined && one !== null,
  )
  const around = [...new Set(urls.filter((one) => !isProxied(way, one)).map(({ host }) => host))]
  return `by the proxy ${url.host}${login}${around.length === 0 ? '' : `, but straight to ${around.join(', ')}`}`
}

const isProxied = (way: WayOut, { protocol, hostname, port }: URL) =>
  protocol === 'https:' && goesByProxy(way, { hostname, port: Number(port || 443) })
