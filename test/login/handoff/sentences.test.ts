import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoginOutcome } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { crmIssuer, crmSecret, handoffToken, type Word } from './crm.ts'
import { openHandoff, type OpenedHandoff } from './open-handoff.ts'

const now = () => Math.floor(Date.now() / 1000)
const refusedBy = (code: string) =>
  expect.objectContaining({ kind: 'refused', reason: 'login_failed', code }) as unknown

let opened: OpenedHandoff
let request: string

beforeEach(async () => {
  opened = openHandoff({ HANDOFF_SECRET: crmSecret })
  const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
  request = start.kind === 'redirect' ? start.remember : ''
})
afterEach(() => opened.method.close())

const answerWith = (token: string): Promise<LoginOutcome> =>
  opened.method.complete({
    params: new URLSearchParams({ token }),
    headers: new Headers(),
    remembered: request,
  })

const answer = async (word: Partial<Word> = {}) => answerWith(await handoffToken({ request, ...word }))

describe('the vendor is told', () => {
  const asked = 'PUBLIC_URL is https://connector.example.'
  test.each<[string, (at: number) => Record<string, unknown>, string | RegExp]>([
    ['the audience', () => ({ aud: ['a', 'b'] }), `The token says aud a, b, ${asked}`],
    ['that there is no audience', () => ({ aud: undefined }), `The token says aud nothing, ${asked}`],
    ['the issuer', () => ({ iss: 'x' }), `The token says iss x, HANDOFF_ISSUER is ${crmIssuer}.`],
    ['the claim', () => ({ user_name: undefined }), 'The token has no user_name.'],
    ['the claim of a wrong type', (at) => ({ exp: String(at) }), 'The exp of the token is of a wrong type.'],
    ['the life', (at) => ({ iat: at, exp: at + 300 }), /lives 300 seconds, .* and 120 are allowed\.$/],
    ['the age', (at) => ({ iat: at - 600 }), /made 60[0-9] seconds ago, .*Compare the clocks/],
    [
      'the expiry',
      (at) => ({ iat: at - 100, exp: at - 60 }),
      /expired 6[0-9] seconds ago\. Compare the clocks/,
    ],
    [
      'the time to come',
      (at) => ({ iat: at + 90 }),
      /made (90|8[0-9]) seconds in the future\. Compare the clocks/,
    ],
    [
      'the time not yet come',
      (at) => ({ nbf: at + 90 }),
      /valid only in (90|8[0-9]) seconds\. Compare the clocks/,
    ],
  ])('%s', async (_, claimsAt, hint) => {
    const outcome = await answer({ claims: claimsAt(now()) })
    expect(outcome.kind === 'refused' && outcome.hint).toMatch(hint)
  })

  test('the algorithm', async () => {
    const key = new TextEncoder().encode(crmSecret.repeat(2))
    const hint = 'The token is signed with HS512; HS256 is wanted.'
    expect(await answer({ header: { alg: 'HS512' }, key })).toMatchObject({ hint })
  })

  test('nothing of the user, of the account or of the token', async () => {
    const token = await handoffToken({ request, claims: { sub: { canary: 1 }, jti: 'canary' } })
    expect(JSON.stringify([await answerWith(token), await answerWith('canary')])).not.toContain('canary')
  })
})

describe('a token that was made for something else raises no alarm', () => {
  const other = `${'A'.repeat(22)}.${'B'.repeat(43)}`
  test.each<[string, Record<string, unknown>]>([
    ['another service', { aud: 'https://other.example' }],
    ['another issuer', { iss: 'https://other.example' }],
    ['no account', { account_id: undefined }],
    ['a long life', { exp: Math.floor(Date.now() / 1000) + 3600 }],
  ])('%s', async (_, claims) => {
    expect(await answer({ claims: { ...claims, nonce: other } })).toEqual(
      refusedBy('token_for_other_request'),
    )
  })

  test('nor does one whose signature is wrong, whatever it says', async () => {
    const key = new TextEncoder().encode('another-secret-of-thirty-two-bytes')
    expect(await answer({ claims: { aud: 'https://other.example' }, key })).toEqual(
      refusedBy('token_signature'),
    )
  })
})
