import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give out by themselves, so that no «any free port» takes one of these meanwhile. */
export const PORTS = { lowest: 20_000, end: 32_000 }

/** A port of 127.0.0.1 that was free a moment ago, for an address that must be known before its server starts. */
export const freePort = freePorts(PORTS)

/** Gives free ports of this span. None comes twice before all have come: its server may not listen yet. */
export function freePorts({ lowest, end }: typeof PORTS): () => Promise<number> {
  let next = randomInt(lowest, end)
  return async function nextFree(): Promise<number> {
    const port = next
    next = port + 1 < end ? port + 1 : lowest
    return (await isFree(port)) ? port : nextFree()
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const listens = once(probe, 'listening').then(
    () => true,
    () => false,
  )
  probe.listen(port, '127.0.0.1')
  if (!(await listens)) return false
  probe.close()
  await once(probe, 'close')
  return true
}
