import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'

interface Packed {
  bytes: Buffer
  coding?: string
  contentType?: string
}

/**
 * How a JSON text may come, whatever was asked for. `deflate-raw`: without the wrapper that the standard wants; `mislabelled`: in
 * UTF-8, while the content type names another character set, as frameworks do by default.
 */
const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const PACKINGS = {
  plain: (text) => ({ bytes: Buffer.from(text) }),
  gzip: (text) => ({ bytes: gzipSync(text), coding: 'gzip' }),
  br: (text) => ({ bytes: brotliCompressSync(text, QUICK), coding: 'br' }),
  deflate: (text) => ({ bytes: deflateSync(text), coding: 'deflate' }),
  'deflate-raw': (text) => ({ bytes: deflateRawSync(text), coding: 'deflate' }),
  zstd: (text) => ({ bytes: zstdCompressSync(text), coding: 'zstd' }),
  bom: (text) => ({ bytes: Buffer.from(`\uFEFF${text}`) }),
  'utf-16': (text) => ({ bytes: Buffer.from(`\uFEFF${text}`, 'utf16le') }),
  'utf-16-be': (text) => ({ bytes: Buffer.from(`\uFEFF${text}`, 'utf16le').swap16() }),
  mislabelled: (text) => ({ bytes: Buffer.from(text), contentType: 'application/json; charset=ISO-8859-1' }),
  'half-gzip': (text) => ({ bytes: gzipSync(text).subarray(0, -12), coding: 'gzip' }),
} satisfies Record<string, (text: string) => Packed>

export type Packing = keyof typeof PACKINGS

/** Packs the answers of some routes as it is said for each request. */
export function packAnswers(app: FastifyInstance, packingOf: (request: FastifyRequest) => Packing) {
  app.addHook('onSend', async (request, reply, payload) => {
    const packing = packingOf(request)
    if (packing === 'plain' || typeof payload !== 'string' || payload === '') return payload
    const { bytes, coding, contentType }: Packed = PACKINGS[packing](payload)
    if (coding !== undefined) reply.header('content-encoding', coding)
    if (contentType !== undefined) reply.header('content-type', contentType)
    reply.removeHeader('content-length')
    return bytes
  })
}

/** The answers of the API, by the switch of the moment. */
export const apiPacking =
  (ofApi: () => Packing) =>
  ({ url }: FastifyRequest): Packing =>
    url.startsWith('/v3/') ? ofApi() : 'plain'
