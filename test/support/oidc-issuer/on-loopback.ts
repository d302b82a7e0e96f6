import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

/** A server that listens. */
export interface Listening {
  /** Its origin, without a trailing slash. */
  url: string
  /** How many connections are open. */
  sockets: () => Promise<number>
  /** Ends at once, whatever is under way. */
  close: () => Promise<void>
}

/** Lets a server listen on 127.0.0.1, on any free port. */
export async function onLoopback(server: Server): Promise<Listening> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets: () => promisify(server.getConnections.bind(server))(),
    async close() {
      const closed = promisify(server.close.bind(server))()
      server.closeAllConnections()
      await closed
    },
  }
}
