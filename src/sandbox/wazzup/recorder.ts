import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readConnectFields, type ConnectFields } from './connect-fields.ts'

/** `status` null: no answer ever came. `fault`: name of the scripted fault that this request met. */
interface RecordedAnswer {
  status: number | null
  fault: string | null
}

export interface RecordedRequest {
  method: string
  /** With the query. */
  path: string
  headers: Record<string, string | string[] | undefined>
  /** Byte for byte as it came. */
  body: string
  at: Date
  /** Null until it is answered, or left without an answer. */
  answer: RecordedAnswer | null
}

/** One `POST /v3/connect`, its body read. `bytes` is that body as it came. */
export interface ConnectCall extends ConnectFields {
  bytes: string
  at: Date
  answer: RecordedAnswer | null
}

export interface Recorder {
  requests: RecordedRequest[]
  attach(app: FastifyInstance): void
  /** Notes how a request ended; the first note stands. */
  answered: (request: FastifyRequest, answer: RecordedAnswer) => void
  nextConnect(): Promise<ConnectCall>
}

const isConnect = ({ method, path }: RecordedRequest) => method === 'POST' && /^\/v3\/connect\/?$/.test(path)

const connectCall = (recorded: RecordedRequest): ConnectCall => ({
  ...readConnectFields(recorded.body),
  bytes: recorded.body,
  at: recorded.at,
  answer: recorded.answer,
})

/** The calls of `/v3/connect` among what was recorded, in the order of their arrival. */
export const connectCalls = (requests: readonly RecordedRequest[]) =>
  requests.filter(isConnect).map(connectCall)

/** Keeps every request and how it was answered; the record begins when the body has been read. */
export function createRecorder(now: () => Date): Recorder {
  const requests: RecordedRequest[] = []
  const records = new WeakMap<FastifyRequest, RecordedRequest>()
  let waiting: ((call: ConnectCall) => void)[] = []

  function record(request: FastifyRequest) {
    const { method, url: path, headers, body } = request
    const text = typeof body === 'string' ? body : ''
    const recorded: RecordedRequest = { method, path, headers, body: text, at: now(), answer: null }
    requests.push(recorded)
    records.set(request, recorded)
    if (!isConnect(recorded)) return
    for (const resolve of waiting) resolve(connectCall(recorded))
    waiting = []
  }

  const recorder: Recorder = {
    requests,
    attach(app) {
      app.addHook('preHandler', async (request) => {
        record(request)
      })
      app.addHook('onResponse', async (request, reply) => {
        recorder.answered(request, { status: reply.raw.statusCode, fault: null })
      })
    },
    answered(request, answer) {
      const recorded = records.get(request)
      if (recorded) recorded.answer ??= answer
    },
    nextConnect: () => new Promise((resolve) => waiting.push(resolve)),
  }
  return recorder
}
