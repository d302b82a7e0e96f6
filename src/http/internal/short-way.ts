import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, preParsingAsyncHookHandler } from 'fastify'
import type { Lookup } from '../../keys/lookup.ts'
import type { RequestMeter } from '../../observability/metrics.ts'
import type { ResolvedKey } from '../../store/port.ts'
import { drainOf } from '../drain.ts'
import { answeredOnce, type ShortAnswer, type ShortRoute } from './short-route.ts'

/** What decides over a look-up. The long way, which is Fastify's, is built from the same. */
export interface Terms {
  routes: readonly ShortRoute[]
  lookup: Lookup
  hasToken: (request: IncomingMessage) => boolean
  isUnderPressure: () => boolean
  isTraced: (request: IncomingMessage) => boolean
  /** Bytes. */
  bodyLimit: number
  meter: Pick<RequestMeter, 'answersOf'>
}

/** What was done already for a request that took the long way after all. */
interface HandedOver {
  body: Buffer | null
  found: Promise<ResolvedKey | null>
}

const handedOver = new WeakMap<IncomingMessage, HandedOver>()

/** What was found for a request before it was handed over: nobody looks twice. */
export const foundBefore = (request: IncomingMessage) => handedOver.get(request)?.found

/** Gives the long way a body that was read before. */
export const bodyReadBefore: preParsingAsyncHookHandler = async ({ raw }, _reply, payload) => {
  const body = handedOver.get(raw)?.body
  return body ? Readable.from([body]) : payload
}

/** Has to hold of a request, or it takes the long way: that one knows what else there is to do, and how to refuse. */
const ORDINARY: readonly ((request: IncomingMessage, terms: Terms) => boolean)[] = [
  ({ httpVersion, headers }) =>
    httpVersion === '1.1' && headers['transfer-encoding'] === undefined && headers.expect === undefined,
  ({ method, headers }, { bodyLimit }) =>
    method === 'GET'
      ? headers['content-length'] === undefined
      : isJson(headers['content-type']) && isWithin(bodyLimit, Number(headers['content-length'])),
  (request, { isTraced }) => !isTraced(request),
  (_request, { isUnderPressure }) => !isUnderPressure(),
  (request, { hasToken }) => hasToken(request),
]

const isWithin = (limit: number, length: number) => length > 0 && length <= limit

const isJson = (type: string | undefined) =>
  type === 'application/json' || type === 'application/json; charset=utf-8'

/** A request on its way, and what it is answered with. */
interface Visit {
  request: IncomingMessage
  response: ServerResponse
  /** Fastify's. */
  long: RequestListener
  route: OpenRoute
  open: Open
  /** Milliseconds. */
  began: number
}

interface Open {
  server: Server
  terms: Terms
  routes: ReadonlyMap<string | undefined, OpenRoute>
}

/** What is made for a route once. */
interface OpenRoute extends ShortRoute {
  count: ReturnType<Terms['meter']['answersOf']>
}

/**
 * The short way of a look-up, which every webhook takes. Fastify's life cycle, with a hook for each rule, takes longer than a
 * search in the database. So a request with nothing special about it, of which a key is found, is answered here; any other is
 * handed over as it came, whenever that shows. Both ways ask the same rules and give the same bytes:
 * `test/http/internal/short-way.test.ts` compares them.
 */
export function shortWay() {
  let open: Open | null = null
  return {
    /** What to listen with, in front of Fastify's own way. */
    before:
      (long: RequestListener): RequestListener =>
      (request, response) => {
        const route = open?.routes.get(request.url)
        if (open && route && isOrdinary(request, route, open))
          begin({ request, response, long, route, open, began: performance.now() })
        else long(request, response)
      },
    /** From now on it is there, until the server closes. */
    open(app: FastifyInstance, terms: Terms) {
      const { routes, meter } = terms
      const opened = routes.map((route): OpenRoute => ({
        ...answeredOnce(route),
        count: meter.answersOf({ listener: 'internal', route: route.url }),
      }))
      open = { server: app.server, terms, routes: new Map(opened.map((route) => [route.url, route])) }
      app.addHook('preClose', (done) => {
        open = null
        done()
      })
    },
  }
}

const isOrdinary = (request: IncomingMessage, { method }: ShortRoute, { server, terms }: Open) =>
  request.method === method &&
  drainOf(server)?.isLeaving() !== true &&
  ORDINARY.every((holds) => holds(request, terms))

function begin(visit: Visit) {
  const { request, route } = visit
  if (route.method === 'GET') {
    lookUp(visit, null)
    return
  }
  const length = Number(request.headers['content-length'])
  request.once('data', (chunk: Buffer) => {
    // A body that comes piece by piece is not the ordinary one.
    if (chunk.length === length) lookUp(visit, chunk)
    else giveBack(visit, chunk)
  })
}

/** As if nothing of the body had been read. */
function giveBack({ request, response, long }: Visit, body: Buffer | null) {
  if (body) request.pause().unshift(body)
  long(request, response)
}

/** The request is whole. */
function lookUp(visit: Visit, body: Buffer | null) {
  const { request, response, long, route, open } = visit
  const crmKey = route.crmKeyIn(request, body)
  if (crmKey === null) {
    giveBack(visit, body)
    return
  }
  const drain = drainOf(open.server)
  drain?.begin()
  const found = open.terms.lookup(crmKey)
  const handOver = () => {
    handedOver.set(request, { body, found })
    long(request, response)
    drain?.done(response)
  }
  found.then((key) => {
    const answer = key && route.answer(key)
    if (!answer) {
      handOver()
      return
    }
    send(visit, answer)
    drain?.done(response)
  }, handOver)
}

/** Counted before it is written: to hear when the system has taken it takes as long as all the counting. */
function send({ response, route, began }: Visit, { headers, body }: ShortAnswer) {
  if (!response.destroyed) route.count(route.method, OK, performance.now() - began)
  response.writeHead(OK, headers)
  response.end(body)
}

const OK = 200
