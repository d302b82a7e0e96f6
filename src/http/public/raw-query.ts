import type { FastifyRequest } from 'fastify'

type Target = Pick<FastifyRequest, 'url'>

/**
 * Whether all who read a request's target see the same path and the same query in it: with its host or without, and no
 * fragment, which a browser keeps to itself (RFC 9112, 3.2). The router ends a path at a `#`, too.
 */
export const isReadAlike = ({ url }: Target) => /^(https?:\/\/[^/?#]+)?\/[^#]*$/i.test(url)

/** The query as it came, undecoded, without its question mark: the state in it must not lose a byte. */
export const rawQueryOf = ({ url }: Target) => {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}
