import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../../observability/logger.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers what is not HTTP enough to become a request: over-long headers, slow ones, broken framing. */
export function answerRawError(log: Logger) {
  return (error: Error & { code: string }, socket: Socket) => {
    const status = STATUS[error.code] ?? 400
    log.info({ event: 'http.refused', status, code: error.code })
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const body = `${status} ${STATUS_CODES[status] ?? ''}. Please start again from the Wazzup marketplace.\n`
    const headers = {
      ...SECURITY_HEADERS,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'))
  }
}
