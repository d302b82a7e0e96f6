import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

/** What a program is told when it does not get what it asked for (RFC 9457). */
export interface Problem {
  status: number
  /** Stable: programs key on it. */
  code: string
  /** What to do about it, for the reader of the answer. */
  detail?: string
  /** Seconds after which asking again makes sense. */
  retryAfter?: number
  /** The value of `WWW-Authenticate`; every 401 has one (RFC 9110, 15.5.2). */
  challenge?: string
}

/** Sends a problem; the same problem is the same bytes, whatever the request was. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code, detail, retryAfter, challenge } = problem
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  if (status === 401) reply.header('www-authenticate', challenge ?? 'Bearer')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ title: STATUS_CODES[status], status, code, ...(detail !== undefined && { detail }) })
}
