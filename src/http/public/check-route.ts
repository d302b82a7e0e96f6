import { SLOWEST_ANSWER } from '../../shared/slowest-answer.ts'
import type { CheckAnswer } from '../../shared/check-answer.ts'
import type { PublicDeps } from './deps.ts'
import { rawQueryOf } from './raw-query.ts'
import type { Route } from './register-routes.ts'

/** Answers that are held back at a time: a proof stands in access logs, and can be used for minutes. */
const MOST_WAITING = 2

/**
 * What `wauth check` asks through the reverse proxy: from where its request comes, and whether a slow answer comes through. For
 * anybody without an encryption key of the service there is nothing here; so nobody else learns that, or has answers held back.
 */
export function checkRoute({ checks }: Pick<PublicDeps, 'checks'>): Route {
  let waiting = 0
  const holdBack = async (wait: number, gone: AbortSignal) => {
    waiting++
    await checks.sleep(wait, gone)
    waiting--
  }
  return {
    method: 'GET',
    url: '/wauth/check',
    hidden: true,
    async handle(request, reply) {
      const query = new URLSearchParams(rawQueryOf(request))
      const [proof, wait] = [query.get('proof') ?? '', Number(query.get('wait') ?? Number.NaN)]
      if (!(wait >= 0 && wait <= SLOWEST_ANSWER) || !checks.isProof({ proof, wait })) {
        reply.callNotFound()
        return reply
      }
      if (wait > 0 && waiting >= MOST_WAITING) return reply.code(429).send()
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
      if (wait > 0) await holdBack(wait, gone.signal)
      return reply.header('cache-control', 'no-store').send(answer)
    },
  }
}
