import { SLOWEST_ANSWER } from '../../shared/slowest-answer.ts'
import type { CheckAnswer } from '../../shared/check-answer.ts'
import type { PublicDeps } from './deps.ts'
import { rawQueryOf } from './raw-query.ts'
import type { Route } from './register-routes.ts'

/**
 * What `wauth check` asks through the reverse proxy: from where its request comes, and whether a slow answer comes through. For
 * anybody without an encryption key of the service there is nothing here; so nobody else learns that, or has answers held back.
 */
export const checkRoute = ({ checks }: Pick<PublicDeps, 'checks'>): Route => ({
  method: 'GET',
  url: '/wauth/check',
  async handle(request, reply) {
    const query = new URLSearchParams(rawQueryOf(request))
    const [proof, wait] = [query.get('proof') ?? '', Number(query.get('wait') ?? Number.NaN)]
    if (!(wait >= 0 && wait <= SLOWEST_ANSWER) || !checks.isProof({ proof, wait })) {
      reply.callNotFound()
      return reply
    }
    const answer: CheckAnswer = {
      peer: request.socket.remoteAddress ?? '',
      forwarded: request.headers['x-forwarded-for'] !== undefined,
      // Fastify has more than the peer here only where TRUST_PROXY names it.
      trusted: (request.ips?.length ?? 1) > 1,
    }
    const gone = new AbortController()
    reply.raw.once('close', () => {
      gone.abort()
    })
    await checks.sleep(wait, gone.signal)
    return reply.header('cache-control', 'no-store').send(answer)
  },
})
