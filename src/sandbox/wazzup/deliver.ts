import type { FastifyReply } from 'fastify'
import { headersOf, contentOf, type Answer } from './answer.ts'
import type { Ending } from './fault.ts'

/** Sends an answer as it should be sent. */
export const deliver = (reply: FastifyReply, answer: Answer) =>
  reply.code(answer.status).headers(headersOf(answer)).send(contentOf(answer.body))

function trickle({ raw }: FastifyReply, { answer, everyMs }: { answer: Answer; everyMs: number }) {
  const bytes = Buffer.from(contentOf(answer.body))
  let sent = 0
  raw.writeHead(answer.status, { ...headersOf(answer), 'content-length': bytes.length })
  const timer = setInterval(() => {
    raw.write(bytes.subarray(sent, ++sent))
    if (sent < bytes.length) return
    clearInterval(timer)
    raw.end()
  }, everyMs)
  raw.once('close', () => {
    clearInterval(timer)
  })
}

function cut({ raw }: FastifyReply, answer: Answer) {
  const bytes = Buffer.from(contentOf(answer.body))
  raw.writeHead(answer.status, { ...headersOf(answer), 'content-length': bytes.length + 100 })
  raw.write(bytes.subarray(0, bytes.length / 2), () => raw.destroy())
}

function late({ raw }: FastifyReply, answer: Answer, delayMs: number) {
  const bytes = Buffer.from(contentOf(answer.body))
  const timer = setTimeout(() => {
    raw.writeHead(answer.status, { ...headersOf(answer), 'content-length': bytes.length })
    raw.end(bytes)
  }, delayMs)
  raw.once('close', () => {
    clearTimeout(timer)
  })
}

/**
 * Spoils an answer on its way: behind Fastify's back, since no framework sends such things.
 * A hanging answer ends when its connection does, at the latest when the server closes.
 */
export function spoil(reply: FastifyReply, answer: Answer, ending: Ending): void {
  reply.hijack()
  if (ending === 'hang') return
  if (ending === 'reset') reply.raw.socket?.resetAndDestroy()
  else if (ending === 'cut') cut(reply, answer)
  else if ('delayMs' in ending) late(reply, answer, ending.delayMs)
  else trickle(reply, { answer, everyMs: ending.trickleMs })
}
