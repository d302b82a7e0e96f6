import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { refusedBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

describe('an answer is refused', () => {
  const answers: [string, Script['answer'], string][] = [
    ['with another state', { state: `${'A'.repeat(22)}.${'B'.repeat(43)}` }, 'answer_state'],
    ['without a state', { state: undefined }, 'answer_state'],
    ['of another issuer', { iss: 'https://other.example' }, 'answer_issuer'],
    [
      'that does not name the issuer, who says that it always does',
      { iss: undefined },
      'answer_issuer_missing',
    ],
    ['with a code that nobody gave out', { code: 'made-up' }, 'invalid_grant'],
    ['that also carries a token', { id_token: 'x' }, 'answer_has_token'],
    ['with an error in words of its own', { error: 'Secret*Word', code: undefined }, 'answer_says_error'],
  ]
  test.each(answers)('%s', async (_, answer, code) => {
    expect(await login.logIn({ answer })).toEqual(refusedBy(code))
  })

  test('in which the user has said no: that is no failure', async () => {
    const answer = { error: 'access_denied', code: undefined }
    expect(await login.logIn({ answer })).toEqual({ ...refusedBy('access_denied'), reason: 'cancelled' })
  })

  test('of another issuer, even when ours never names itself', async () => {
    const discovery = { authorization_response_iss_parameter_supported: undefined }
    expect(await login.logIn({ discovery, answer: { iss: 'https://other.example' } })).toMatchObject({
      kind: 'refused',
    })
  })

  test('before anything is sent to the issuer, when the state is wrong', async () => {
    await login.logIn({ answer: { state: 'wrong' } })
    expect(login.issuer.asked).not.toContain('/token')
  })

  test('whose code was asked for with another verifier', async () => {
    const start = await login.begin()
    if (start.kind !== 'redirect') throw new Error('login did not begin')
    start.location.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    const params = await login.issuer.logIn(start.location)
    expect(
      await login.opened.method.complete({ params, headers: new Headers(), remembered: start.remember }),
    ).toEqual(refusedBy('invalid_grant'))
  })
})
