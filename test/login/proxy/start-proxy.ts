import { createServer, request as ask } from 'node:http'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import { assertion, HEADER } from './engine.ts'

/** A proxy before a service: everybody is logged in as `who` says, and nobody can bring its header along. */
export async function startProxy(
  target: string,
  { secret, who }: { secret: string; who: () => object | null },
) {
  const server = createServer((request, response) => {
    const pass = async () => {
      const headers = Object.entries(request.headers).filter(([name]) => name !== HEADER)
      const claims = who()
      const signed = claims && { [HEADER]: await assertion({ ...claims }, secret) }
      const onward = ask(
        new URL(request.url ?? '/', target),
        { method: request.method, headers: { ...Object.fromEntries(headers), ...signed }, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      onward.on('error', () => response.destroy())
      request.pipe(onward)
    }
    void pass()
  })
  return onLoopback(server)
}
