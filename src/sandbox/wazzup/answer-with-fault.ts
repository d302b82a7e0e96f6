import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from './answer.ts'
import { deliver, spoil } from './deliver.ts'
import type { Fault } from './fault.ts'

// Never sent: a fault that processes nothing either brings an answer of its own or drops the request.
const unprocessed: Answer = { status: 503 }

export interface FaultyAnswer {
  fault: Fault | undefined
  /** What the route answers when nothing goes wrong. */
  usual: () => Answer | Promise<Answer>
  /** Told how a request ended that met a fault. */
  note: (request: FastifyRequest, answer: { status: number | null; fault: string }) => void
}

/** Answers a request, with a scripted fault if there is one. */
export async function answerWithFault(
  request: FastifyRequest,
  reply: FastifyReply,
  { fault, usual, note }: FaultyAnswer,
) {
  const answer = fault?.processed === false ? unprocessed : await usual()
  if (!fault) return deliver(reply, answer)
  const { name, ending } = fault
  if (typeof ending === 'object' && 'status' in ending) {
    note(request, { status: ending.status, fault: name })
    return deliver(reply, ending)
  }
  const silent = ending === 'hang' || ending === 'reset'
  note(request, { status: silent ? null : answer.status, fault: name })
  spoil(reply, answer, ending)
  return reply
}
