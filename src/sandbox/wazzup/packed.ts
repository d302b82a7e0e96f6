import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import type { Switches } from './switches.ts'
import type { World } from './world.ts'

type Packing = Switches['answerBody']

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

const PACKINGS: Readonly<Record<Exclude<Packing, 'plain'>, (text: string) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  bom: (text) => Buffer.from(`\uFEFF${text}`),
  'utf-16': utf16,
  'half-gzip': (text) => {
    const whole = gzipSync(text)
    return whole.subarray(0, whole.length - 12)
  },
}

const CODINGS: Partial<Record<Packing, string>> = { gzip: 'gzip', br: 'br', 'half-gzip': 'gzip' }

/** Packs the answers of the API as the switch says, whatever was asked for. */
export function packAnswers(app: FastifyInstance, world: World) {
  app.addHook('onSend', async (request, reply, payload) => {
    const { answerBody } = world.switches
    if (answerBody === 'plain' || typeof payload !== 'string' || payload === '') return payload
    if (!request.url.startsWith('/v3/')) return payload
    const coding = CODINGS[answerBody]
    if (coding !== undefined) reply.header('content-encoding', coding)
    reply.removeHeader('content-length')
    return PACKINGS[answerBody](payload)
  })
}
