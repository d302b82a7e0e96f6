import { describe, expect, test } from 'vitest'
import { positionOf } from '../../../../src/http/internal/schemas/changed-since.ts'
import { supportIdOf } from '../../../../src/shared/support-id.ts'
import { NEVER_PAUSED } from '../../../../src/store/installs.ts'
import { systemRandom } from '../../../../src/shared/random.ts'
import { OPERATOR } from '../../../contracts/store-lifecycle.ts'
import { claimed, connected, NOON, recordKey } from '../../../support/attempts.ts'
import { internalAtHand, TOKEN, type InternalAtHand } from '../../../support/internal-at-hand.ts'
import { call, callWithTwoTokens, errorOf, failing, type Call } from '../../../support/openapi/calls.ts'
import { createChecker } from '../../../support/openapi/checker.ts'
import {
  document,
  documentedAnswers,
  nameOf,
  operations,
  type Answer,
  type Operation,
} from '../../../support/openapi/operations.ts'

const check = createChecker(document)

const key = (crmKey: string): Call => ({ body: JSON.stringify({ crmKey }) })
const forwarded = (crmKey: string): Call => ({ headers: { 'x-crm-authorization': `Bearer ${crmKey}` } })

/** What every route with a body can do something with. */
const WHOLE: Call = {
  body: JSON.stringify({
    ...{ crmKey: systemRandom(32), paused: false },
    changes: [{ kind: 'users', op: 'upsert', row: { id: 'u-1', name: 'Ann' } }],
  }),
}

/** A position of another database. */
const ELSE = positionOf({ epoch: '0123456789ab', number: 1 })

/** What is asked of each operation beyond what is asked of all. */
const CALLS: Readonly<Record<string, (at: InternalAtHand) => Promise<Call[]>>> = {
  lookUpKey: async (at) => {
    const { acme, pending } = await customers(at)
    return [key(acme), key(pending), key(systemRandom(32))]
  },
  authenticateKey: async (at) => {
    const { acme, pending } = await customers(at)
    return [forwarded(acme), forwarded(pending), forwarded(systemRandom(32)), {}]
  },
  listConnections: async (at) => {
    await customers(at)
    const queries = [
      'limit=1',
      'status=invalid',
      'limit=0',
      'changedSince=2026-11-23T12:00:00Z',
      `changedSince=${ELSE}`,
    ]
    return [{}, ...queries.map((query) => ({ query: `?${query}` }))]
  },
  getConnection: async (at) => {
    await customers(at)
    return ['acme', 'refused', 'gone', 'nobody'].map((account) => ({ account }))
  },
  disconnect: async (at) => {
    await customers(at)
    return [{ headers: { 'x-operator': 'Olga' } }, { account: 'acme' }, { account: 'nobody' }]
  },
  erasePersons: async (at) => {
    await customers(at)
    return ['gone', 'acme', 'pending', 'nobody'].map((account) => ({ account }))
  },
  readApiKey: async (at) => {
    await customers(at)
    return [{ account: 'acme' }, { account: 'gone' }]
  },
  startUpload: async (at) => {
    await customers(at)
    const everything = ['acme', 'gone', 'nobody'].map((account) => ({ account }))
    return [...everything, { body: '{"webhooksOnly":true}' }, { body: 'null' }]
  },
  getUpload: async (at) => {
    await customers(at)
    return [{ account: 'acme' }, { account: 'nobody' }]
  },
  addChanges: async (at) => {
    await customers(at)
    const body = JSON.stringify({ changes: [{ kind: 'deals', op: 'delete', id: 'd-1' }] })
    const wrong = { account: 'acme', body: '{"changes":[]}' }
    return [...['acme', 'gone', 'nobody'].map((account) => ({ account, body })), wrong]
  },
  getChanges: async (at) => {
    await customers(at)
    return [{ account: 'acme' }, { account: 'nobody' }]
  },
  getSupport: async (at) => {
    const { ids } = await customers(at)
    return [...ids, 'WA-0000-0000', 'no support id'].map((supportId) => ({ supportId }))
  },
  listDeliveries: async (at) => {
    await customers(at)
    return [{}, { query: '?limit=1' }, { query: '?status=failed' }, { query: '?limit=0' }]
  },
  getDelivery: deliveries,
  retryDelivery: deliveries,
  dropDelivery: deliveries,
  getInstalls: async () => [{}],
  putInstalls: async () => [
    { body: JSON.stringify({ paused: true, reason: 'it is moved' }) },
    { body: JSON.stringify({ paused: false }) },
    { body: JSON.stringify({ paused: true, reason: ' \u200b ' }) },
  ],
  getFingerprints: async () => [{}],
  getLiveness: async () => [{}],
  getReadiness: async () => [{}],
  getMetrics: async () => [{}],
  getOpenApi: async () => [{}],
}

/** Services of another kind, for what the usual one never answers. */
const ELSEWHERE: Readonly<Record<string, Parameters<typeof internalAtHand>[0]>> = {
  startUpload: {
    uploads: { ...failing(new Error()).uploads, start: async () => ({ kind: 'nothing_to_do' }) } as never,
  },
  addChanges: {
    changes: { ...failing(new Error()).changes, accept: async () => ({ kind: 'full' }) } as never,
  },
  getReadiness: {
    health: {
      pingStore: () => Promise.reject(new Error('gone')),
      lackingKeys: () => ['k2'],
      clock: () => ({ ok: true, detail: 'agrees' }),
      login: () => ({ ok: false, detail: 'out of reach' }),
      recovery: () => ({ ok: true, detail: 'running' }),
      wazzup: () => ({ ok: true, detail: 'breaker closed' }),
      installs: () => NEVER_PAUSED,
      phase: () => 'stopping' as const,
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
    },
  },
}

/** Customers in every state that a route can find one in. */
async function customers({ store }: InternalAtHand) {
  const acme = await claimed(store, 'acme')
  await recordKey(store, acme, 'api-key-1', true)
  const upload = await store.uploads.claimDue({ runner: 'runner', lease: 0 })
  if (!upload) throw new Error('no upload was queued')
  const step = { kind: 'contacts', status: 'running', reason: null, runsFor: null } as const
  const rows = { read: 200, sent: 190, rejected: 10, total: 1000 }
  const place = { cursor: null, rowOnPage: 0, lastRow: null, pages: 2, landmark: null }
  const steps = [{ ...step, ...rows, ...place }]
  await store.uploads.commit(upload, { steps, rejects: [], lease: 0 })
  const refused = await connected(store, 'refused', 'api-key-2')
  await store.connections.noteHealth(refused.generationId, 'invalid', NOON)
  await connected(store, 'gone', 'api-key-3')
  await store.connections.disconnect('gone', OPERATOR, NOON)
  const pending = await claimed(store, 'pending')
  const ids = [acme, refused, pending].map(({ attemptId }) => supportIdOf(attemptId))
  return { acme: acme.crmKey, pending: pending.crmKey, ids }
}

/** One event that waits, one that is over, and none. */
async function deliveries(at: InternalAtHand): Promise<Call[]> {
  await customers(at)
  const [waiting, over] = await at.store.deliveries.list({
    ...{ crmAccountId: null, status: null, after: 0, limit: 2 },
  })
  if (!waiting || !over) throw new Error('no event was written')
  await at.store.deliveries.drop(over.id)
  return [{ delivery: waiting.id }, { delivery: over.id }, {}]
}

/** What the operation answers in every situation that there is for it. */
async function allAnswers(operation: Operation): Promise<Answer[]> {
  const at = await internalAtHand()
  const calls = (await CALLS[operation.id]?.(at)) ?? []
  const answers: Answer[] = []
  for (const one of calls) answers.push(await call(at, operation, one))
  const elsewhere = ELSEWHERE[operation.id]
  if (elsewhere)
    answers.push(await call(await internalAtHand(elsewhere), operation, operation.hasBody ? WHOLE : {}))
  if (operation.hasBody) answers.push(...(await answersToBadBodies(at, operation)))
  if (operation.needsToken) answers.push(...(await refusals(at, operation)))
  return answers
}

/** Where more may come. */
const LARGER: Readonly<Record<string, number>> = { addChanges: 4 * 1024 * 1024 }

const answersToBadBodies = (at: InternalAtHand, operation: Operation) =>
  Promise.all([
    call(at, operation, { body: '{"crmKey":7,"webhooksOnly":7}' }),
    call(at, operation, { body: '{' }),
    call(at, operation, { body: JSON.stringify({ crmKey: 'k'.repeat(LARGER[operation.id] ?? 17 * 1024) }) }),
    call(at, operation, { body: '<crmKey/>', headers: { 'content-type': 'application/xml' } }),
  ])

async function refusals(at: InternalAtHand, operation: Operation) {
  const wrongToken = { headers: { authorization: `Bearer ${TOKEN}x` } }
  const answers = [await call(at, operation, wrongToken), await callWithTwoTokens(at, operation)]
  const strict = await internalAtHand({ failureLimit: { max: 1, window: 60_000 } })
  for (let i = 0; i < 2; i++) answers.push(await call(strict, operation, wrongToken))
  for (const code of documentedAnswers(operation).flatMap((name) => /^50. (.+)/.exec(name)?.[1] ?? [])) {
    const broken = await internalAtHand(failing(errorOf(code)))
    const whole = operation.hasBody ? WHOLE : forwarded(systemRandom(32))
    answers.push(await call(broken, operation, whole))
  }
  return answers
}

describe.each(operations)('$id', (operation) => {
  test('answers what is documented, all of it and nothing else', async () => {
    const answers = await allAnswers(operation)
    for (const answer of answers)
      expect([nameOf(answer), answer.text, check(operation, answer)]).toEqual([
        nameOf(answer),
        answer.text,
        [],
      ])
    expect([...new Set(answers.map(nameOf))].sort()).toEqual(documentedAnswers(operation).sort())
  })
})

test('an answer that is not as documented is found out', () => {
  const operation = operations.find(({ id }) => id === 'readApiKey')
  if (!operation) throw new Error('the operation is gone')
  const answer = (status: number, text: string, headers: Record<string, string> = {}) =>
    check(operation, {
      ...{ status, text },
      headers: new Headers({ 'content-type': 'application/json', ...headers }),
    })
  const noStore = { 'cache-control': 'no-store' }
  expect(answer(200, '{"apiKey":"k"}', noStore)).toEqual([])
  expect(answer(200, '{"apiKey":"k"}')).toEqual(['Cache-Control is missing'])
  expect(answer(200, '{"apiKey":7}', noStore)).toHaveLength(1)
  expect(answer(200, '{"apiKey":"k","crmKey":"k"}', noStore)).toHaveLength(1)
  expect(answer(418, '{}')).toEqual(['418 is not documented'])
  const problem = { title: 'Not Found', status: 404, code: 'no_api_key' }
  const asProblem = { 'content-type': 'application/problem+json' }
  expect(answer(404, JSON.stringify(problem), asProblem)).toEqual([])
  expect(answer(404, JSON.stringify({ ...problem, code: 'other' }), asProblem)).toHaveLength(1)
  expect(answer(404, JSON.stringify(problem))).toEqual(['application/json is not documented'])
})
