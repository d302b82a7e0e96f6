import type { FastifyInstance } from 'fastify'

/** The document of this listener. It is made when it is first asked for: no start waits for it. */
export function openApiRoute(app: FastifyInstance) {
  let document: Promise<string> | undefined
  const render = async () => (await import('./openapi/document.ts')).renderOpenApi()
  app.get('/openapi.json', async (_request, reply) => {
    document ??= render()
    return reply.type('application/json').send(await document)
  })
}
