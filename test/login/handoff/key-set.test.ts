import { createSecretKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LoginOutcome } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { signingKey } from '../../support/oidc-issuer/signing-key.ts'
import { handoffToken, startKeySet, type Word } from './crm.ts'
import { openHandoff, type OpenedHandoff } from './open-handoff.ts'

let keySet: Awaited<ReturnType<typeof startKeySet>>
let opened: OpenedHandoff

async function open(options: Parameters<typeof startKeySet>[0] = {}) {
  keySet = await startKeySet(options)
  opened = openHandoff({ HANDOFF_JWKS_URL: keySet.url })
}

beforeEach(() => open())
afterEach(async () => {
  vi.useRealTimers()
  await opened.method.close()
  await keySet.close()
})

/** One login, with a token of the CRM's key unless the word says otherwise. */
async function logIn({ header, ...word }: Partial<Word> = {}): Promise<LoginOutcome> {
  const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
  if (start.kind !== 'redirect') throw new Error('login did not begin')
  const { alg, kid, privateKey: key } = keySet.key()
  const token = await handoffToken({ request: start.remember, key, ...word, header: { alg, kid, ...header } })
  return opened.method.complete({
    params: new URLSearchParams({ token }),
    headers: new Headers(),
    remembered: start.remember,
  })
}

const refusedBy = (code: string) => ({
  ...{ kind: 'refused', reason: 'login_failed', code },
  hint: expect.stringMatching(/^[A-Z].*\.$/) as string,
})

test.each(['RS256', 'ES256', 'EdDSA'])('accepts %s', async (alg) => {
  await opened.method.close()
  await keySet.close()
  await open({ alg })
  expect(await logIn()).toMatchObject({ kind: 'identified' })
})

describe('a token is refused', () => {
  test('signed by HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(keySet.key().jwk))
    expect(await logIn({ header: { alg: 'HS256' }, key: secret })).toEqual(refusedBy('token_alg'))
  })

  test('signed by HS256 with the bytes of the public key as the secret', async () => {
    const key = createSecretKey(Buffer.from(keySet.key().jwk.x ?? '', 'base64url')).export()
    expect(await logIn({ header: { alg: 'HS256' }, key })).toEqual(refusedBy('token_alg'))
  })

  test('signed with a well-formed key of a stranger', async () => {
    const { privateKey: key } = await signingKey('ES256')
    expect(await logIn({ key })).toEqual(refusedBy('token_signature'))
  })

  test('of a family that is not on the list', async () => {
    const { privateKey: key } = await signingKey('PS256')
    expect(await logIn({ header: { alg: 'PS256' }, key })).toEqual(refusedBy('token_alg'))
  })

  test('that names a key which is not in the set', async () => {
    expect(await logIn({ header: { kid: 'unknown' } })).toEqual(refusedBy('token_key_unknown'))
  })

  test('that brings its own key along', async () => {
    const { privateKey: key, jwk } = await signingKey('ES256')
    expect(await logIn({ key, header: { jwk } })).toEqual(refusedBy('token_names_its_key'))
  })
})

test('does not ask for the set at every unknown key', async () => {
  await logIn()
  const before = keySet.asked()
  await Promise.all(Array.from({ length: 20 }, () => logIn({ header: { kid: 'unknown' } })))
  expect(keySet.asked()).toBe(before)
})

test('takes a new key when the pause between two questions is over', async () => {
  expect(await logIn()).toMatchObject({ kind: 'identified' })
  await keySet.rotate()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 })
  expect(await logIn()).toMatchObject({ kind: 'identified' })
})

describe('login is unavailable, and health says why', () => {
  const answers: [string, { status: number; body: string }, string][] = [
    ['when the set cannot be had', { status: 503, body: '' }, 'peer_failed'],
    ['when the set is elsewhere, which is not followed', { status: 302, body: '' }, 'key_set_unusable'],
    ['when the set is not JSON', { status: 200, body: '<html>' }, 'key_set_unusable'],
    ['when the set is no set', { status: 200, body: '{"keys":7}' }, 'key_set_unusable'],
    ['when the set is endless', { status: 200, body: ' '.repeat(300_000) }, 'peer_answer_too_large'],
  ]
  test.each(answers)('%s', async (_, answer, code) => {
    await opened.method.close()
    keySet.script.answer = answer
    opened = openHandoff({ HANDOFF_JWKS_URL: keySet.url })
    expect(await logIn()).toMatchObject({ kind: 'unavailable', code })
    await expect
      .poll(() => opened.method.health())
      .toMatchObject({ ok: false, detail: expect.stringContaining(code) as string })
  })
})
