import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'

/** Gives the provider its paths. It reads bodies itself, so here they are left unread. */
export async function oidcRoutes(app: FastifyInstance, { provider }: { provider: Provider }) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(null)
  })
  const serve = provider.callback()
  const handOver = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack()
    void serve(request.raw, reply.raw)
  }
  app.get('/.well-known/openid-configuration', handOver)
  app.all('/oidc/*', handOver)
}
