/**
 * An install as the design demands it: the real store with all its rows and sealed values, the signature of the hand-over, both
 * pages with their headers, a connection of its own for the exchange. Left out: hooks, limits, rules of input, origins, recovery,
 * metrics, the log.
 */
import { Agent, request as call } from 'undici'
import fastify from 'fastify'
import { compactVerify } from 'jose'
import { ATTEMPT_LIFE, formTokenOf, moves } from '../../../src/connect/attempt.ts'
import { newLease } from '../../../src/connect/exchange.ts'
import { claimsOf, stateHashOf } from '../../../src/connect/state.ts'
import { digest } from '../../../src/crypto/digest.ts'
import { createPages } from '../../../src/http/public/pages/pages.ts'
import { SECURITY_HEADERS } from '../../../src/http/public/security-headers.ts'
import { loadSettings } from '../../../src/settings.ts'
import { hours, minutes } from '../../../src/shared/clock.ts'
import { systemRandom as random } from '../../../src/shared/random.ts'
import { supportIdOf } from '../../../src/shared/support-id.ts'
import { replacedBy } from '../../../src/store/connection.ts'
import { openStore } from '../../../src/store/index.ts'
import { started } from '../processes/started.ts'

const { HANDOFF_SECRET, HANDOFF_LOGIN_URL: LOGIN_URL = '' } = process.env

const settings = loadSettings({ env: process.env, readFile: () => '' })
const store = await openStore(settings, { keepsLeases: true })
const pages = createPages({ crmName: 'Demo CRM', hasLogo: () => false, doneUrl: null, wazzupUrl: null })
const secret = new TextEncoder().encode(HANDOFF_SECRET)
const agent = new Agent()
const [path, TYPE] = ['/wauth/attempts/:id', 'text/html; charset=utf-8']

/** The attempt in the path, if it is this browser's, and the browser's cookie for it. */
async function find(id: string, cookies = '') {
  const browserSecret = new RegExp(`wauth-${id}=([\\w-]+)`).exec(cookies)?.[1] ?? ''
  const attempt = await store.attempts.find(id)
  if (attempt?.browserHash !== digest(browserSecret))
    throw new Error('this is not the browser of the attempt')
  const token = formTokenOf(attempt, { browserSecret, replaces: replacedBy(null) })
  return { ...attempt, token, login: attempt.login ?? '' }
}

async function findUser(id: string, cookies?: string) {
  const { identity, ...attempt } = await find(id, cookies)
  if (!identity) throw new Error('nobody has logged in')
  return { ...attempt, ...identity }
}

async function exchange(state: string | null, crmKey: string, name: string): Promise<string> {
  const { body } = await call(new URL('/v3/connect', settings.wazzup.apiUrl), {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, dispatcher: agent, reset: true },
    body: JSON.stringify({ state, secret: settings.wazzup.secret.reveal(), crmKey, name }),
    signal: AbortSignal.timeout(8000),
  })
  return ((await body.json()) as { data: string }).data
}

interface Visit {
  Params: { id: string }
  Querystring: { state: string; token: string }
  Body: URLSearchParams
}

const app = fastify()
const FORM = 'application/x-www-form-urlencoded'
app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => {
  done(null, new URLSearchParams(String(body)))
})
app.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS))
app.get<Visit>('/wauth', async ({ query: { state } }, reply) => {
  const [id, browser] = [random(16), random(32)]
  const { wazzupAccountId } = claimsOf(state)
  const hashes = { stateHash: stateHashOf(state), browserHash: digest(browser) }
  await store.attempts.open({ id, state, ...hashes, wazzupAccountId, life: ATTEMPT_LIFE })
  const cookie = `wauth-${id}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`
  return reply.header('set-cookie', cookie).redirect(`/wauth/attempts/${id}`, 303)
})
app.get<Visit>(path, async ({ params: { id }, headers }, reply) => {
  await find(id, headers.cookie)
  const remember = `${id}.${random(32)}`
  const location = `${LOGIN_URL}?request=${remember}`
  await store.attempts.move(id, moves.startLogin(JSON.stringify({ location, remember })))
  return reply.redirect(location, 303)
})
app.get<Visit>('/wauth/callback', async ({ query: { token }, headers }, reply) => {
  const { payload } = await compactVerify(token, secret, { algorithms: ['HS256'] })
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, string>
  const { nonce = '', jti = '', sub: userId = '', role = null } = claims
  const {
    account_id: crmAccountId = '',
    account_name: crmAccountName = '',
    user_name: userName = '',
  } = claims
  const [id = ''] = nonce.split('.')
  const { login } = await find(id, headers.cookie)
  if ((JSON.parse(login) as { remember: string }).remember !== nonce) throw new Error('another login round')
  await store.attempts.move(id, moves.takeAnswer())
  await store.claims.claim(`handoff:${jti}`, minutes(1))
  await store.attempts.move(id, moves.identify({ userId, userName, crmAccountId, crmAccountName, role }))
  return reply.redirect(`/wauth/attempts/${id}/confirm`, 303)
})
app.get<Visit>(`${path}/confirm`, async ({ params: { id }, headers }, reply) => {
  const { token, crmAccountId, crmAccountName, userName, wazzupAccountId } = await findUser(
    id,
    headers.cookie,
  )
  await store.exchanges.isSendingAnother(id)
  await store.connections.find(crmAccountId)
  await store.exchanges.latestOf(crmAccountId)
  await store.connections.holders([wazzupAccountId ?? ''])
  const about = { crmAccountName, userName, wazzupAccountId, nameInWazzup: null, isHeldElsewhere: false }
  const form = { attemptId: id, csrfToken: token, replaces: null, uploads: false, minutesLeft: 9 }
  return reply.type(TYPE).send(pages.render({ page: 'confirm', note: null, ...about, ...form }, 'en'))
})
app.post<Visit>(`${path}/confirm`, async ({ params: { id }, headers, body, ip }, reply) => {
  const attempt = await findUser(id, headers.cookie)
  if (body.get('csrf') !== attempt.token) throw new Error('this is not the form of the page')
  const { state, stateHash, crmAccountId, crmAccountName: name } = attempt
  await store.exchanges.latestOf(crmAccountId)
  const [crmKey, generationId] = [random(32), random(16)]
  const ids = { attemptId: id, generationId, connectionId: random(16), address: ip }
  const key = { crmKey, crmKeyHash: digest(crmKey), replaces: replacedBy(null), grace: hours(1) }
  await store.exchanges.claim({ ...ids, ...key, state: state ?? '', name, ...newLease(random) })
  const apiKey = await exchange(state, crmKey, name)
  const had = { apiKey, apiKeyHash: digest(apiKey), upload: false, bringsData: false }
  await store.exchanges.record({ stateHash, generationId, ...had, now: new Date(), grace: hours(1) })
  return reply.redirect(`/wauth/attempts/${id}/result`, 303)
})
app.get<Visit>(`${path}/result`, async ({ params: { id }, headers }, reply) => {
  const { stateHash, crmAccountName } = await findUser(id, headers.cookie)
  if ((await store.exchanges.find(stateHash))?.status !== 'connected') throw new Error('it is not connected')
  const none = { reason: null, upload: null, retry: null, retryAfter: null }
  const result = { status: 'connected' as const, supportId: supportIdOf(id), crmAccountName, ...none }
  return reply.type(TYPE).send(pages.render({ page: 'result', attemptId: id, csrfToken: null, result }, 'en'))
})
await app.listen({ host: '127.0.0.1', port: settings.listeners.public.port })
started()
