/** Run by `hostile-sockets.ts` as a process of its own: `hold-sockets.ts PORT COUNT KIND`. Ends with its input. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const [port, count, kind = ''] = process.argv.slice(2)

const PAGE = '/wauth/assets/style.css'
const get = (times: number) => `GET ${PAGE} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(times)

/** Fewer at a time than are cut, for as long as it lasts: the system takes some megabytes for a client. */
async function askWithoutReading(socket: Socket) {
  while (!socket.destroyed) {
    socket.write(get(5))
    await pause(40)
  }
}

const KINDS: Record<string, (socket: Socket) => unknown> = {
  nothing: () => undefined,
  'half a header': (socket) => socket.write('GET /wauth HTTP/1.1\r\nhost:'),
  'half a body': (socket) =>
    socket.write(
      'POST /wauth/callback HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 50\r\n\r\na=',
    ),
  broken: (socket) => socket.write('no HTTP\r\n\r\n'),
  '1300 requests in one piece': (socket) => socket.write(get(1300)),
  'requests without reading': askWithoutReading,
  'a byte a second': (socket) => {
    setInterval(() => {
      socket.read(1)
    }, 1000)
    return askWithoutReading(socket)
  },
}

/** Neither reads nor closes, whatever comes; so it does not see, either, that the other side is gone. */
async function hold(): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.pause()
  await once(socket, 'connect')
  void KINDS[kind]?.(socket)
}

for (let held = 0; held < Number(count); held += 100) {
  await Promise.all(Array.from({ length: Math.min(100, Number(count) - held) }, hold))
}
process.stdout.write('held\n')
process.stdin.resume().once('end', () => process.exit())
