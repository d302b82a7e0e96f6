import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line to a PostgreSQL server on which a round trip takes `roundTrip` milliseconds longer. */
export async function startSlowLine(target: { host: string; port: number }, roundTrip: number) {
  const open = new Set<Socket>()
  const line = createServer((near) => {
    const far = connect(target)
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      open.add(from)
      from.on('data', (bytes: Buffer) => setTimeout(() => to.write(bytes), roundTrip / 2))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  return {
    port: (line.address() as AddressInfo).port,
    async close() {
      for (const side of open) side.destroy()
      line.close()
      await once(line, 'close')
    },
  }
}
