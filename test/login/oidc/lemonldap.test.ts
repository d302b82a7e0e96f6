import { afterEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import {
  lemonldapIsHere,
  startLemonldap,
  type ClientOptions,
} from '../../support/providers/start-lemonldap.ts'
import { openOidc, type Opened } from './open-oidc.ts'

const REDIRECT = 'https://connector.example/wauth/callback'

describe.skipIf(!lemonldapIsHere)(
  'a whole login with LemonLDAP::NG (Debian: liblemonldap-ng-portal-perl)',
  () => {
    let provider: Awaited<ReturnType<typeof startLemonldap>>
    let opened: Opened
    afterEach(async () => {
      await opened.method.close()
      await provider.close()
    })

    async function logIn(options: ClientOptions = {}, texts: Record<string, string> = {}) {
      provider = await startLemonldap(REDIRECT, options)
      opened = openOidc(provider.issuer, texts)
      const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
      if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
      const params = await provider.logIn(start.location)
      return opened.method.complete({ params, headers: new Headers(), remembered: start.remember })
    }

    const identity = {
      ...{ userId: 'dwho', userName: 'Doctor Who', crmAccountId: 'acme', crmAccountName: 'Acme Travel' },
    }

    test.each<[string, ClientOptions]>([
      ['as userinfo says', {}],
      ['as signed userinfo says', { UserInfoSignAlg: 'RS256' }],
      ['as userinfo says, signed otherwise than the ID token', { UserInfoSignAlg: 'RS512' }],
      ['as the ID token says', { IDTokenForceClaims: 1 }],
    ])('says who it is, %s', async (_, options) => {
      expect(await logIn(options, { OIDC_ALLOWED_ROLES: 'admin' })).toEqual({
        ...{ kind: 'identified', identity: { ...identity, role: 'admin' } },
      })
    })

    test.each<[string, ClientOptions, string]>([
      ['userinfo that is signed with the secret', { UserInfoSignAlg: 'HS256' }, 'userinfo_alg'],
      ['an ID token that is signed with the secret', { IDTokenSignAlg: 'HS512' }, 'id_token_alg'],
      ['another secret', { ClientSecret: 'another-secret-that-is-long' }, 'invalid_client'],
    ])('with %s is the vendor’s mistake', async (_, options, code) => {
      expect(await logIn(options)).toMatchObject({ kind: 'refused', reason: 'login_misconfigured', code })
    })

    test('under another name than its own it cannot begin, and says so', async () => {
      provider = await startLemonldap(REDIRECT)
      const other = new URL(provider.issuer)
      other.hostname = 'localhost'
      opened = openOidc(other.href)
      expect(await opened.method.begin({ attemptId: systemRandom(16), again: false })).toMatchObject({
        ...{ kind: 'refused', reason: 'login_misconfigured', code: 'issuer_mismatch' },
        hint: `The document says issuer ${provider.issuer}, OIDC_ISSUER is ${other.href}.`,
      })
    })
  },
)
