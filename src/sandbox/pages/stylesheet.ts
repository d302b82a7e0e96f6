import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'

/** Serves the one style sheet of the sandbox's pages. */
export async function stylesheet(app: FastifyInstance) {
  const css = await readFile(new URL('style.css', import.meta.url), 'utf8')
  app.get('/assets/sandbox.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(css))
}
