/** A Fastify route that checks the same bearer and answers the same bytes as a look-up, and does nothing else. */
import { timingSafeEqual } from 'node:crypto'
import fastify from 'fastify'
import { started } from '../processes/started.ts'

const { PORT, TOKEN = '', ANSWER = '{}' } = process.env

const answer = JSON.parse(ANSWER) as unknown
const expected = Buffer.from(`Bearer ${TOKEN}`)

const app = fastify()
app.post('/v1/keys/lookup', async (request, reply) => {
  const given = Buffer.from(request.headers.authorization ?? '')
  const known = given.length === expected.length && timingSafeEqual(given, expected)
  return known ? reply.header('cache-control', 'no-store').send(answer) : reply.code(401).send()
})
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
started()
