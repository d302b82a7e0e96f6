import type { ForwardProxy } from '../config/fields/forward-proxy.ts'
import { isIP, type Socket } from 'node:net'
import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls'
import { Agent, buildConnector, Pool } from 'undici'
import { isThisMachine, type Target } from '../config/no-proxy.ts'
import type { WayOut } from '../config/way-out.ts'
import { seconds } from '../shared/clock.ts'
import { NoConnection, transportCode } from './before-sending.ts'
import { openTunnel } from './tunnel.ts'

interface AgentLimits {
  /** Milliseconds until a connection is there. */
  connectTimeout?: number
  /** Bytes of an answer. */
  maxResponseSize?: number
}

const CONNECT_TIMEOUT = seconds(5)

/** Connections that go this way. Plain http is for this machine alone, so it never meets the proxy. */
export function agentFor(
  way: WayOut,
  { connectTimeout = CONNECT_TIMEOUT, ...limits }: AgentLimits = {},
): Agent {
  const connect = connectorFor(way, connectTimeout)
  return new Agent({ ...limits, connect })
}

/**
 * Connections to one origin for requests that each close theirs (`reset`), so that none goes out on one that was kept. An agent
 * would give it the kept one of another request, and make another pool for each as soon as nothing is connected. HTTP/2 has one
 * connection for all.
 */
export const singleUsePool = (way: WayOut, origin: string): Pool =>
  new Pool(origin, { allowH2: false, connect: connectorFor(way, CONNECT_TIMEOUT, { allowH2: false }) })

/** A secured connection to an origin, for who wants to look at it. Throws what ends a call: see `connection-trouble.ts`. */
export function openTls(way: WayOut, { hostname, port }: URL, timeout: number): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const servername = isIP(host) === 0 ? host : undefined
  return new Promise((resolve, reject) => {
    const options = { protocol: 'https:', hostname: host, host, port, ...(servername && { servername }) }
    connectorFor(way, timeout)(options, (error, socket) => {
      if (error === null) resolve(socket as TLSSocket)
      else reject(error)
    })
  })
}

type Connector = buildConnector.connector

function connectorFor(way: WayOut, timeout: number, more: { allowH2?: false } = {}): Connector {
  const secureContext = trustOf(way)
  const straight = buildConnector({ ...more, timeout, ...(secureContext && { secureContext }) })
  return (options, callback) => {
    const { protocol, hostname, port } = options
    const done = named(protocol, callback)
    const target = { hostname, port: Number(port || 443) }
    if (protocol !== 'https:' || !goesByProxy(way, target)) {
      straight(options, done)
      return
    }
    const address = `${hostname.includes(':') ? `[${hostname.replace(/[[\]]/g, '')}]` : hostname}:${target.port}`
    openTunnel(way.proxy, { target: address, timeout, secureContext }).then(
      (httpSocket) => {
        straight({ ...options, httpSocket }, done)
      },
      (error: unknown) => {
        callback(error as Error, null)
      },
    )
  }
}

/** Whether the proxy is asked for somebody. */
export const goesByProxy = (way: WayOut, target: Target): way is WayOut & { proxy: ForwardProxy } =>
  way.proxy !== null && !isThisMachine(target) && !way.bypasses.some(({ isMet }) => isMet(target))

const contexts = new WeakMap<WayOut, SecureContext>()

/** What to judge certificates by; undefined leaves that to Node. Made once: it takes longer than a handshake. */
function trustOf(way: WayOut): SecureContext | undefined {
  const known = contexts.get(way)
  if (known) return known
  const ca = authoritiesOf(way)
  if (!ca) return undefined
  const context = createSecureContext({ ca })
  contexts.set(way, context)
  return context
}

/** All that count, where that are not those of Node alone. */
export const authoritiesOf = ({ authorities }: WayOut): string[] | undefined =>
  authorities.length === 0 ? undefined : [...getCACertificates('default'), ...authorities]

/** A handshake that is cut off has sent nothing yet, though its words are those of a request that was cut off. */
function named(protocol: string, callback: buildConnector.Callback): buildConnector.Callback {
  return (...args: [Error, null] | [null, Socket]) => {
    const [error] = args
    const isCut =
      error !== null && protocol === 'https:' && /^(ECONNRESET|EPIPE|EPROTO)$/.test(transportCode(error))
    if (isCut) callback(new NoConnection('TLS_HANDSHAKE_CUT', error), null)
    else if (error !== null) callback(error, null)
    else callback(null, args[1])
  }
}
