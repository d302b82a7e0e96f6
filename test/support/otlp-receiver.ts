import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number }
}

/** A span as OTLP writes it in JSON (opentelemetry-proto, `trace.proto`). */
interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  /** 2: server, 3: client. */
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Attribute[]
  /** 2: error. */
  status: { code?: number }
}

interface Received {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: ReceivedSpan[] }[] }[]
}

/** A collector that keeps what it is sent. It listens on loopback and takes nothing but OTLP over HTTP in JSON. */
export async function startOtlpReceiver() {
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  let status = 200
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request)
      const isOtlp = request.method === 'POST' && request.url === '/v1/traces'
      if (!isOtlp || request.headers['content-type'] !== 'application/json') {
        response.writeHead(404).end()
        return
      }
      headers.push(request.headers)
      if (status === 200) bodies.push(body)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const received = () => bodies.map((body) => JSON.parse(body) as Received)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    answerWith: (code: number) => {
      status = code
    },
    /** All that came, as it came. */
    text: () => bodies.join('\n'),
    spans: () =>
      received().flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    resource: () => valuesOf(received()[0]?.resourceSpans[0]?.resource.attributes ?? []),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Attributes as an object. */
export const valuesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
