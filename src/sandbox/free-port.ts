import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give out by themselves, so that no «any free port» takes this one meanwhile. */
const [LOWEST, HIGHEST] = [20_000, 32_000]

/** A port of 127.0.0.1 that was free a moment ago, for an address that must be known before its server starts. */
export async function freePort(): Promise<number> {
  const port = randomInt(LOWEST, HIGHEST)
  const probe = createServer()
  const listens = once(probe, 'listening').then(
    () => true,
    () => false,
  )
  probe.listen(port, '127.0.0.1')
  if (!(await listens)) return freePort()
  probe.close()
  await once(probe, 'close')
  return port
}
