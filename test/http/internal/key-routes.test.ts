import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import { claimed, connected } from '../../support/attempts.ts'
import { ask, internalAtHand, internalFor, lookUp, TOKEN } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

const authenticate = (value: string) =>
  ask(at, '/v1/keys/authenticate', { headers: { 'x-crm-authorization': value } })

/** With raw headers, so that one can be there twice. */
async function raw(path: string, headers: [string, string][]) {
  const { hostname, host, port } = new URL(at.url)
  const sent = request({ hostname, port, path, headers: ['host', host, ...headers.flat()] })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: JSON.parse(await text(answer)) as Record<string, unknown> }
}

describe('looking a crmKey up', () => {
  test('tells whose it is, and the apiKey to answer with', async () => {
    const { crmKey } = await connected(at.store, 'acme', 'api-key-1')
    const { status, headers, body } = await lookUp(at, crmKey)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      connectionId: (await at.store.connections.find('acme'))?.id,
      ...{ crmAccountId: 'acme', crmAccountName: 'The acme company', wazzupAccountId: '12345678' },
      ...{ apiKey: 'api-key-1', generation: 1, keyStatus: 'current' },
    })
  })

  test('knows a key from its first commit on, and the one before for its grace', async () => {
    const older = await connected(at.store, 'acme', 'api-key-1')
    const pending = await claimed(at.store, 'acme')
    expect((await lookUp(at, pending.crmKey)).body).toMatchObject({ keyStatus: 'pending', apiKey: null })
    expect((await lookUp(at, older.crmKey)).body).toMatchObject({ keyStatus: 'current', apiKey: 'api-key-1' })
  })

  test('an unknown, a revoked and a malformed key get the same bytes and the same headers', async () => {
    const revoked = await connected(at.store, 'acme', 'api-key-1')
    await at.store.connections.disconnect('acme', OPERATOR, new Date())
    const strangers = [
      systemRandom(32),
      revoked.crmKey,
      '',
      'x',
      '¡llave!',
      "' OR 1=1 --",
      'k'.repeat(10_000),
    ]
    const answers = await Promise.all(strangers.map((crmKey) => lookUp(at, crmKey)))
    const shown = answers.map(({ status, text, headers }) =>
      JSON.stringify([status, text, [...headers].filter(([name]) => name !== 'date')]),
    )
    expect(new Set(shown).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'unknown_crm_key', status: 404 } })
    expect(answers[0]?.headers.get('content-type')).toContain('application/problem+json')
  })

  test.each([[undefined], [7], [null], [['a']], [{ a: 1 }]])('%j is not a question', async (crmKey) => {
    expect(await lookUp(at, crmKey)).toMatchObject({ status: 400, body: { code: 'bad_request' } })
  })

  test('two values swapped in the database give a code, not the key of the other customer', async () => {
    const { default: Database } = await import('better-sqlite3')
    const [acme, nordwind] = [
      await connected(at.store, 'acme', 'key-1'),
      await connected(at.store, 'nordwind', 'key-2'),
    ]
    const db = new Database(at.path)
    const sealed = (id: string) =>
      db.prepare<[string], { v: string }>('SELECT api_key_sealed AS v FROM generations WHERE id = ?').get(id)
        ?.v
    const [one, two] = [sealed(acme.generationId), sealed(nordwind.generationId)]
    db.prepare('UPDATE generations SET api_key_sealed = ? WHERE id = ?').run(two, acme.generationId)
    db.prepare('UPDATE generations SET api_key_sealed = ? WHERE id = ?').run(one, nordwind.generationId)
    expect(await lookUp(at, acme.crmKey)).toMatchObject({ status: 500, body: { code: 'seal_wrong_place' } })
    db.prepare('UPDATE generations SET api_key_sealed = ? WHERE id = ?').run(`${one}A`, acme.generationId)
    expect(await lookUp(at, acme.crmKey)).toMatchObject({ status: 500, body: { code: 'seal_malformed' } })
    db.prepare('UPDATE generations SET api_key_sealed = substr(?, 1, 40) WHERE id = ?').run(
      one,
      acme.generationId,
    )
    expect(await lookUp(at, acme.crmKey)).toMatchObject({ status: 500, body: { code: 'seal_malformed' } })
    db.close()
    expect(at.log.text()).not.toContain('key-2')
  })
})

describe('asking for a reverse proxy', () => {
  test('answers in headers', async () => {
    const { crmKey } = await connected(at.store, 'acmé/1', 'api-key-1')
    const { status, headers, text: body } = await authenticate(`Bearer ${crmKey}`)
    expect({ status, body }).toEqual({ status: 200, body: '' })
    expect(headers.get('x-connection-id')).toBe((await at.store.connections.find('acmé/1'))?.id)
    expect(headers.get('x-crm-account-id')).toBe('acm%C3%A9%2F1')
    expect(headers.get('x-wazzup-account-id')).toBe('12345678')
    expect(headers.get('x-wazzup-api-key')).toBe('api-key-1')
  })

  test('a key without an apiKey yet has no header for one', async () => {
    const { crmKey } = await claimed(at.store, 'acme')
    const { status, headers } = await authenticate(`bearer ${crmKey}`)
    expect([status, headers.get('x-key-status'), headers.get('x-wazzup-api-key')]).toEqual([
      200,
      'pending',
      null,
    ])
  })

  test('an unknown key is 401 with a challenge; so is none', async () => {
    const unknown = await authenticate(`Bearer ${systemRandom(32)}`)
    expect([unknown.status, unknown.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ])
    const none = await ask(at, '/v1/keys/authenticate')
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await authenticate('Basic abc')).status).toBe(401)
  })

  test('two keys are 400, whichever of them is good', async () => {
    const { crmKey } = await connected(at.store, 'acme', 'api-key-1')
    const token: [string, string] = ['authorization', `Bearer ${TOKEN}`]
    const doubled: [string, string][] = [
      ['X-Crm-Authorization', `Bearer ${crmKey}`],
      ['x-crm-authorization', 'Bearer other'],
    ]
    expect(await raw('/v1/keys/authenticate', [token, ...doubled])).toMatchObject({
      ...{ status: 400, body: { code: 'doubled_header' } },
    })
  })
})

describe('who may ask', () => {
  test.each([
    '/v1/keys/authenticate',
    '/v1/connections',
    '/v1/connections/acme',
    '/v1/connections/acme/api-key',
  ])('%s needs the token', async (path) => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const { status, headers, body } = await ask(at, path, { headers: { authorization } })
      expect({ status, body }).toMatchObject({ status: 401, body: { code: 'caller_unknown' } })
      expect(headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('two Authorization headers are 400', async () => {
    const token: [string, string] = ['authorization', `Bearer ${TOKEN}`]
    expect(await raw('/v1/connections', [token, token])).toMatchObject({ status: 400 })
  })

  test('without a token in the settings the routes are not there', async () => {
    const off = await internalAtHand({ tokens: [] })
    expect((await ask(off, '/v1/connections')).status).toBe(404)
    expect((await ask(off, '/livez')).status).toBe(200)
  })
})

describe('guards', () => {
  test('a store that fails is 503 with Retry-After, never a no', async () => {
    const failing = await internalAtHand({
      lookup: () => Promise.reject(new StoreUnavailable('gone', { code: 'storage_unavailable' })),
    })
    const answers = [
      await lookUp(failing, systemRandom(32)),
      await ask(failing, '/v1/keys/authenticate', { headers: { 'x-crm-authorization': 'Bearer abc' } }),
    ]
    for (const { status, headers, body } of answers) {
      expect({ status, body }).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
      expect(headers.get('retry-after')).toBe('1')
    }
  })
})
