import type { FastifyInstance } from 'fastify'

/** Lets these routes take what an HTML form sends, as an object of strings; of a repeated field the last counts. */
export function formBodies(app: FastifyInstance) {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))))
    },
  )
}
