import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below the ports that systems give out by themselves, so that no «any free port» takes one of these meanwhile. */
const PORTS = { lowest: 20_000, end: 32_000 }

/** So many belong to one process: the first says that they are taken. */
const SHARE = 100

/** A port of 127.0.0.1 that was free a moment ago, for an address that must be known before its server starts. */
export const freePort = freePorts(PORTS)

/**
 * Gives free ports of this span, and none twice before all of a share have come: its server may not listen yet. Processes look for
 * ports at the same time, so each has a share of its own, as long as it lives.
 */
export function freePorts({ lowest, end }: typeof PORTS, share = SHARE): () => Promise<number> {
  let claimed: Promise<number> | undefined
  let given = 0
  return async function nextFree(): Promise<number> {
    const first = await (claimed ??= claim(lowest, Math.floor((end - lowest) / share), share))
    const port = first + 1 + (given++ % (share - 1))
    const server = await listening(port)
    if (!server) return nextFree()
    server.close()
    await once(server, 'close')
    return port
  }
}

/** Listens on the first port of a share that nobody has, until the process ends, without keeping it from that. */
async function claim(lowest: number, shares: number, share: number): Promise<number> {
  const start = randomInt(shares)
  for (let i = 0; i < shares; i++) {
    const first = lowest + ((start + i) % shares) * share
    const server = await listening(first)
    if (!server) continue
    server.unref()
    return first
  }
  throw new Error(`No ports from ${lowest} on are free: too many of these processes run at the same time`)
}

async function listening(port: number): Promise<Server | null> {
  const server = createServer()
  const listens = once(server, 'listening').then(
    () => server,
    () => null,
  )
  server.listen(port, '127.0.0.1')
  return listens
}
