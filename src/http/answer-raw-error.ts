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

/** What a listener says to them. */
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
  return (error: Error & { code: string; rawPacket?: unknown }, socket: Socket) => {
    // Answered already: whatever else comes is broken, too.
    if (socket.writableEnded) return
    const status = STATUS[error.code] ?? 400
    const reason = STATUS_CODES[status] ?? ''
    const last = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0)
    const { headers, body, ...told } = answer({ status, reason, socket, last })
    log.info({ event: 'http.refused', status, code: error.code, ...told })
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    hearNoMore(socket)
    const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    socket.end([`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n'))
  }
}
