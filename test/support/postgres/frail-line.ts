import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** How a simple query says COMMIT on the wire: PostgreSQL, «Message Formats», Query. */
const COMMIT = Buffer.from('COMMIT\0')

type State = 'whole' | 'cut' | 'frozen'

/** A line to a PostgreSQL server that can be cut, freeze, or break at the very COMMIT. */
export async function startFrailLine(target: { host: string; port: number }) {
  let state: State = 'whole'
  let commits = 0
  let lost = false
  const open = new Set<Socket>()
  const line = createServer((near) => {
    const far = connect(target)
    const both = [near, far] as const
    const end = () => {
      for (const side of both) side.destroy()
    }
    let answerIsLost = false
    for (const [from, to] of [both, [far, near] as const]) {
      open.add(from)
      from.on('close', () => open.delete(from)).on('close', end)
      from.on('error', end)
      from.on('data', (bytes: Buffer) => {
        if (from === near && commits > 0 && bytes.includes(COMMIT)) answerIsLost = --commits === 0
        if (from === far && answerIsLost) {
          lost = true
          end()
        } else if (state === 'whole') to.write(bytes)
      })
    }
    if (state === 'cut') end()
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  return {
    port: (line.address() as AddressInfo).port,
    /** `cut`: everything is closed and nothing opens. `frozen`: nothing closes, and nothing comes through. */
    turn(next: State) {
      const thawed = state === 'frozen'
      state = next
      // What was swallowed cannot be given back.
      if (next === 'cut' || thawed) for (const side of open) side.destroy()
    },
    /** The server gets the COMMIT with this number, counted from now, and nobody hears of it. */
    loseCommit(number: number) {
      commits = number
      lost = false
    },
    /** Whether that has happened. */
    lost: () => lost,
    async close() {
      for (const side of open) side.destroy()
      line.close()
      await once(line, 'close')
    },
  }
}
