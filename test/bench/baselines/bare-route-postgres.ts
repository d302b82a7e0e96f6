/** The bare route with one prepared query behind it, for the row that a look-up needs. */
import { hash, timingSafeEqual } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'
import { started } from '../processes/started.ts'

const { PORT, TOKEN = '', ANSWER = '{}', DATABASE_URL } = process.env

const answer = JSON.parse(ANSWER) as unknown
const expected = Buffer.from(`Bearer ${TOKEN}`)
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })

const QUERY = {
  name: 'look-up',
  text: `SELECT generations.id, connection_id, crm_account_id, crm_account_name, wazzup_account_id, generation,
      generations.status, api_key_sealed
    FROM generations JOIN connections ON connections.id = connection_id WHERE crm_key_hash = $1`,
}

const app = fastify()
app.post<{ Body: { crmKey: string } }>('/v1/keys/lookup', async (request, reply) => {
  const given = Buffer.from(request.headers.authorization ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send()
  const { rows } = await pool.query({ ...QUERY, values: [hash('sha256', request.body.crmKey)] })
  return rows.length === 1 ? reply.header('cache-control', 'no-store').send(answer) : reply.code(404).send()
})
app.addHook('onClose', () => pool.end())
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
started()
