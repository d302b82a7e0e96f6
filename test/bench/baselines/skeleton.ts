/**
 * What an install is made of, and nothing else: the same requests, in and out, and as many durable commits at the same
 * places. Nothing is checked, sealed, logged or rendered.
 */
import { randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import fastify, { type FastifyRequest } from 'fastify'
import { Agent, request as call } from 'undici'
import { started } from '../processes/started.ts'

const { PORT, FILE, WAZZUP_API_URL, WAZZUP_SECRET, LOGIN_URL } = process.env

const db = new Database(FILE)
for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) db.pragma(pragma)
db.exec('CREATE TABLE installs (id TEXT PRIMARY KEY, state TEXT, step INTEGER, crm_key TEXT, api_key TEXT)')
const open = db.prepare('INSERT INTO installs (id, state, step) VALUES (?, ?, 1)')
const commit = db.prepare<[string | null, string]>(
  'UPDATE installs SET step = step + 1, api_key = coalesce(?, api_key) WHERE id = ?',
)
const find = db.prepare<[string], { state: string }>('SELECT * FROM installs WHERE id = ?')

const agent = new Agent()
const random = (bytes: number) => randomBytes(bytes).toString('base64url')
const idOf = (request: FastifyRequest) => /wauth-([\w-]+)=/.exec(request.headers.cookie ?? '')?.[1] ?? ''
const page = (text: string) => `<!doctype html><title>${text}</title><h1>${text}</h1>`

async function exchange(state: string): Promise<string> {
  const body = JSON.stringify({ state, secret: WAZZUP_SECRET, crmKey: random(32), name: 'Customer Ltd' })
  const headers = { 'content-type': 'application/json' }
  const answer = await call(`${WAZZUP_API_URL ?? ''}/v3/connect`, {
    method: 'POST',
    headers,
    body,
    dispatcher: agent,
  })
  return ((await answer.body.json()) as { data: string }).data
}

const app = fastify()
app.addContentTypeParser(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => {
    done(null, body)
  },
)
app.get<{ Querystring: { state: string } }>('/wauth', (request, reply) => {
  const id = random(16)
  open.run(id, request.query.state)
  return reply
    .header('set-cookie', `wauth-${id}=${random(32)}; Path=/; HttpOnly`)
    .redirect(`/wauth/attempts/${id}`, 303)
})
app.get<{ Params: { id: string } }>('/wauth/attempts/:id', (request, reply) => {
  commit.run(null, request.params.id)
  return reply.redirect(`${LOGIN_URL ?? ''}?request=${request.params.id}`, 303)
})
app.get('/wauth/callback', (request, reply) => {
  const id = idOf(request)
  for (let commits = 0; commits < 3; commits++) commit.run(null, id)
  return reply.redirect(`/wauth/attempts/${id}/confirm`, 303)
})
app.get('/wauth/attempts/:id/confirm', (_request, reply) =>
  reply.type('text/html').send(`${page('Confirm')}<form method="post"><input name="csrf" value="x"></form>`),
)
app.post<{ Params: { id: string } }>('/wauth/attempts/:id/confirm', async (request, reply) => {
  const { id } = request.params
  commit.run(null, id)
  commit.run(await exchange(find.get(id)?.state ?? ''), id)
  return reply.redirect(`/wauth/attempts/${id}/result`, 303)
})
app.get('/wauth/attempts/:id/result', (_request, reply) => reply.type('text/html').send(page('Connected')))
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
started()
