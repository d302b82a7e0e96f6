import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { signingKey } from '../../support/oidc-issuer/signing-key.ts'
import { misconfiguredBy, refusedBy, useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

const now = () => Math.floor(Date.now() / 1000)
const week = 7 * 24 * 3600

/** A claim that is two minutes ahead when the token is made. */
const ahead = (claim: 'iat' | 'nbf') =>
  Object.defineProperty({}, claim, { get: () => now() + 120, enumerable: true })

describe('an ID token is refused', () => {
  const claims: [string, Record<string, unknown>, string][] = [
    ['of another issuer', { iss: 'https://other.example' }, 'id_token_iss'],
    ['without an issuer', { iss: undefined }, 'id_token_claim_missing'],
    ['for another client', { aud: 'other' }, 'id_token_aud'],
    ['without an audience', { aud: undefined }, 'id_token_claim_missing'],
    ['for another client besides', { aud: ['connector', 'other'] }, 'id_token_aud'],
    ['that another client may use', { aud: ['connector', 'other'], azp: 'other' }, 'id_token_azp'],
    ['that another client alone may use', { azp: 'other' }, 'id_token_azp'],
    ['that nobody may use', { azp: 7 }, 'id_token_azp'],
    ['without a subject', { sub: undefined }, 'id_token_claim_missing'],
    ['with a subject that is no text', { sub: 7 }, 'id_token_claim_malformed'],
    ['without a time of issue', { iat: undefined }, 'id_token_claim_missing'],
    ['issued a week ago', { iat: now() - week }, 'id_token_too_old'],
    ['issued in the future', ahead('iat'), 'id_token_from_future'],
    ['that has expired', { exp: now() - 60 }, 'id_token_expired'],
    ['without an expiry', { exp: undefined }, 'id_token_claim_missing'],
    ['that is not valid yet', ahead('nbf'), 'id_token_not_yet_valid'],
    ['with another nonce', { nonce: 'other' }, 'id_token_nonce'],
    ['without a nonce', { nonce: undefined }, 'id_token_nonce_missing'],
    [
      'that belongs to another access token',
      { at_hash: 'b3RoZXItaGFzaA' },
      'id_token_for_other_access_token',
    ],
  ]
  test.each(claims)('%s', async (_, overrides, code) => {
    const refused = code.startsWith('id_token_nonce') ? refusedBy : misconfiguredBy
    expect(await login.logIn({ claims: overrides })).toEqual(refused(code))
  })

  const signatures: [string, Partial<Script>, string][] = [
    ['signed with a well-formed key of a stranger', { signer: 'stranger' }, 'id_token_signature'],
    ['not signed at all', { signer: 'nobody' }, 'id_token_alg'],
    ['signed with the client secret', { signer: 'client_secret' }, 'id_token_alg'],
    ['signed with a key that the issuer does not have', { header: { kid: 'gone' } }, 'id_token_key_unknown'],
    [
      'with an extension that must be understood',
      { header: { crit: ['x-own'], 'x-own': 1 } },
      'id_token_extension',
    ],
  ]
  test.each(signatures)('%s', async (_, script, code) => {
    expect(await login.logIn(script)).toEqual(misconfiguredBy(code))
  })

  test('with a damaged signature', async () => {
    const other = await signingKey('RS256')
    const forged: Partial<Script> = { jwks: ([key]) => [{ ...other.jwk, kid: key?.kid ?? '' }] }
    expect(await login.logIn(forged)).toEqual(misconfiguredBy('id_token_signature'))
  })

  test('of an algorithm that the issuer does not announce', async () => {
    const discovery = { id_token_signing_alg_values_supported: ['ES256'] }
    expect(await login.logIn({ discovery })).toEqual(misconfiguredBy('id_token_alg'))
  })

  test('that names no key when several would do', async () => {
    const second = await signingKey('RS256')
    const script = { header: { kid: undefined }, jwks: (keys: JWK[]) => [...keys, second.jwk] }
    expect(await login.logIn(script)).toEqual(misconfiguredBy('id_token_key_ambiguous'))
  })
})

describe('an ID token is accepted', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('signed with %s', async (alg) => {
    await login.issuer.rotate(alg)
    expect(await login.logIn()).toMatchObject({ kind: 'identified' })
  })

  test('that names no key when there is only one', async () => {
    expect(await login.logIn({ header: { kid: undefined } })).toMatchObject({ kind: 'identified' })
  })

  test('beside a key that nobody can read', async () => {
    const odd = { kty: 'RSA', n: '!', e: '?', kid: 'odd', use: 'sig' }
    const unknown = { kty: 'XYZ', kid: 'unknown' }
    expect(await login.logIn({ jwks: (keys) => [odd, unknown, ...keys] })).toMatchObject({
      kind: 'identified',
    })
  })

  test('signed with a key that is newer than the last login', async () => {
    expect(await login.logIn()).toMatchObject({ kind: 'identified' })
    await login.issuer.rotate()
    expect(await login.logIn()).toMatchObject({ kind: 'identified' })
  })

  test('when the clocks differ by less than half a minute', async () => {
    expect(await login.logIn({ claims: { iat: now() + 20, exp: now() - 20 } })).toMatchObject({
      kind: 'identified',
    })
  })

  test('without a hash of the access token', async () => {
    expect(await login.logIn({ claims: { at_hash: undefined } })).toMatchObject({ kind: 'identified' })
  })
})
