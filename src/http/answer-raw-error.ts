import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../observability/logger.ts'
import { hearNoMore } from './watch-clients.ts'

const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Bytes that are no request. `last` are those with which this showed; others may have come before. */
interface Refused {
  status: number
  reason: string
  socket: Socket
  last: Buffer
}

/** What a listener says to them. Without a support id it says the same to all with this status. */
export type RawAnswer = (refused: Refused) => {
  headers: Record<string, string>
  body: string
  /** As the body says it, for the log. */
  supportId?: string
}

/**
 * Answers what is not HTTP enough to become a request: over-long headers, slow ones, broken framing. The connection is
 * not destroyed with the answer: what the client still sends would make the system throw the answer away. It is read
 * and thrown away instead, until the client closes or `watch-clients.ts` has waited for that long enough.
 */
export function answerRawError(log: Logger, answer: RawAnswer) {
  /** By status: thousands of slow clients are answered in one tick. */
  const alike = new Map<number, Buffer>()
  const bytesFor = (refused: Refused) => {
    const known = alike.get(refused.status)
    if (known) return { bytes: known }
    const { headers, body, ...told } = answer(refused)
    const bytes = bytesOf(refused, headers, body)
    if (told.supportId === undefined) alike.set(refused.status, bytes)
    return { bytes, ...told }
  }
  return (error: Error & { code: string; rawPacket?: unknown }, socket: Socket) => {
    // Answered already: whatever else comes is broken, too.
    if (socket.writableEnded) return
    const status = STATUS[error.code] ?? 400
    const last = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : NOTHING
    const { bytes, ...told } = bytesFor({ status, reason: STATUS_CODES[status] ?? '', socket, last })
    log.info({ event: 'http.refused', status, code: error.code, ...told })
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    hearNoMore(socket)
    socket.end(bytes)
  }
}

const NOTHING = Buffer.alloc(0)

function bytesOf({ status, reason }: Refused, headers: Record<string, string>, body: string): Buffer {
  const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from([`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n'))
}
