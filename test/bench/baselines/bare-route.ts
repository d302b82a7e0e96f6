/** Fastify routes that check the same bearer and answer the same bytes as a look-up, or as forward-auth, and do nothing else. */
import { timingSafeEqual } from 'node:crypto'
import fastify, { type FastifyRequest } from 'fastify'
import { started } from '../processes/started.ts'

const { PORT, TOKEN = '', ANSWER = '{}', NAMES = '{}' } = process.env

const answer = JSON.parse(ANSWER) as unknown
const names = JSON.parse(NAMES) as Record<string, string>
const expected = Buffer.from(`Bearer ${TOKEN}`)

const isKnown = ({ headers }: FastifyRequest) => {
  const given = Buffer.from(headers.authorization ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const app = fastify()
app.post('/v1/keys/lookup', async (request, reply) =>
  isKnown(request) ? reply.header('cache-control', 'no-store').send(answer) : reply.code(401).send(),
)
app.get('/v1/keys/authenticate', async (request, reply) =>
  isKnown(request) ? reply.header('cache-control', 'no-store').headers(names).send() : reply.code(401).send(),
)
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
started()
