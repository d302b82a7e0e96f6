import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { ForwardProxy } from '../config/fields/forward-proxy.ts'
import { USER_AGENT } from '../shared/version.ts'
import { isOfTls, transportCode } from './before-sending.ts'

/** The way to the other side ends at our proxy. That says nothing about the other side. */
class ProxyFailure extends Error {
  readonly code: string

  constructor(code: string, cause?: unknown) {
    super('The proxy has opened no tunnel', { cause })
    this.name = 'ProxyFailure'
    this.code = code
  }
}

interface TunnelTerms {
  /** `host:port`. */
  target: string
  /** Milliseconds until the tunnel is there. */
  timeout: number
  /** Whose certificates count, for a proxy that is spoken to by https. */
  secureContext: SecureContext | undefined
}

/**
 * Has a proxy open a tunnel to `target` (CONNECT, RFC 9110, 9.3.6).
 * @throws ProxyFailure its code says why there is none: see `connection-trouble.ts`
 */
export function openTunnel({ url, authorization }: ForwardProxy, terms: TunnelTerms): Promise<Socket> {
  const { target, timeout, secureContext } = terms
  const signal = AbortSignal.timeout(timeout)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // Node would take the name for the proxy's certificate from the header Host, which is the target.
  const servername = isIP(host) === 0 ? host : ''
  return new Promise((resolve, reject) => {
    const asked = send({
      ...{ method: 'CONNECT', path: target, agent: false, signal, secureContext },
      ...{ host, servername, port: url.port },
      headers: {
        ...{ host: target, 'user-agent': USER_AGENT },
        ...(authorization && { 'proxy-authorization': authorization.reveal() }),
      },
    })
    asked.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.on('error', () => undefined).destroy()
        reject(new ProxyFailure(codeOf(statusCode)))
        return
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.once('error', (error) => {
      reject(new ProxyFailure(signal.aborted ? 'PROXY_TOO_SLOW' : codeBefore(transportCode(error)), error))
    })
    asked.end()
  })
}

/** Before the proxy has said anything. */
const codeBefore = (transport: string) =>
  isOfTls(transport) || transport === 'EPROTO' ? 'PROXY_TLS' : 'PROXY_UNREACHABLE'

/** Some answer a wrong password with 401, where the standard has 407 (RFC 9110, 15.5.8). */
function codeOf(status: number): string {
  if (status === 407 || status === 401) return 'PROXY_WANTS_LOGIN'
  if (status === 403) return 'PROXY_FORBIDS'
  return status >= 500 ? 'PROXY_CANNOT_CONNECT' : 'PROXY_REFUSES'
}
