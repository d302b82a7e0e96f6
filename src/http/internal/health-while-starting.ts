import { once } from 'node:events'
import { createServer } from 'node:http'
import { SLOW_CLIENTS } from '../client-limits.ts'
import { ON_EVERY_ANSWER } from './answer-headers.ts'
import type { Liveness, Readiness } from './schemas/health.ts'

const ALIVE: Liveness = { status: 'alive' }

const away = { ok: false, detail: 'starting' }
const NOT_READY: Readiness = {
  ...{ status: 'not ready', phase: 'starting', stopping: false },
  parts: {
    ...{ store: away, keys: away, clock: away, login: away, wazzup: away, recovery: away },
    installs: away,
  },
}

/**
 * Answers on the internal address until the service itself can: to open a large database takes its time, and a monitor that
 * watches must not take that for a process that hangs. Everything else is 503.
 * @throws when the address is taken
 */
export async function healthWhileStarting(address: { host: string; port: number }) {
  const { requestTimeout, http } = SLOW_CLIENTS
  const server = createServer({ requestTimeout, ...http }, (request, response) => {
    const alive = request.url === '/livez'
    response.writeHead(alive ? 200 : 503, {
      ...{ ...ON_EVERY_ANSWER, 'content-type': 'application/json', connection: 'close', 'retry-after': '1' },
    })
    response.end(JSON.stringify(alive ? ALIVE : NOT_READY))
  })
  server.listen(address)
  await once(server, 'listening')
  return {
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
