import type { FastifyRequest } from 'fastify'

/** The query as it came, undecoded, without its question mark: the state in it must not lose a byte. */
export const rawQueryOf = ({ url }: Pick<FastifyRequest, 'url'>) => {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}
