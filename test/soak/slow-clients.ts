import { connect } from 'node:net'
import { expect } from 'vitest'

/** So many clients begin a request and never end it. Resolves when the service has got rid of all of them. */
export async function slowClients({ url }: { url: string }, count: number): Promise<void> {
  const port = Number(new URL(url).port)
  const one = () =>
    new Promise<boolean>((resolve) => {
      let began = false
      const socket = connect(port, '127.0.0.1', () => {
        began = socket.write('GET /wauth HTTP/1.1\r\nhost:')
      })
      // The service may reset it; what is asserted is that it came in, and that it is over.
      socket.on('error', () => undefined).resume()
      socket.once('close', () => {
        resolve(began)
      })
    })
  const all = await Promise.all(Array.from({ length: count }, one))
  expect(all).toEqual(all.map(() => true))
}
