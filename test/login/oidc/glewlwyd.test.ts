import { afterEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import { clientSecret } from '../../support/oidc-issuer/start-issuer.ts'
import { glewlwydIsHere, startGlewlwyd } from '../../support/providers/start-glewlwyd.ts'
import { openOidc, type Opened } from './open-oidc.ts'

const REDIRECT = 'https://connector.example/wauth/callback'

describe.skipIf(!glewlwydIsHere)('a whole login with Glewlwyd (Debian: glewlwyd)', () => {
  let provider: Awaited<ReturnType<typeof startGlewlwyd>>
  let opened: Opened
  afterEach(async () => {
    await opened.method.close()
    await provider.close()
  })

  async function logIn(texts: Record<string, string> = {}, { secret = clientSecret, clientAuth = '' } = {}) {
    provider = await startGlewlwyd(REDIRECT, secret, clientAuth || undefined)
    opened = openOidc(provider.issuer, { OIDC_SCOPE: 'openid', ...texts })
    const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
    if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
    const params = await provider.logIn(start.location)
    return opened.method.complete({ params, headers: new Headers(), remembered: start.remember })
  }

  test('says who it is', async () => {
    expect(await logIn({ OIDC_ALLOWED_ROLES: 'admin' })).toEqual({
      kind: 'identified',
      identity: {
        ...{ userId: expect.any(String) as string, userName: 'Anna Keller' },
        ...{ crmAccountId: 'acme', crmAccountName: 'Acme Travel', role: 'admin' },
      },
    })
  })

  test.each([
    ['basic', 'auto'],
    ['post', 'post'],
  ])('takes by %s a secret with every character that a form leaves alone', async (way, setting) => {
    const secret = 'wauth-client_secret.1*34'
    const texts = { OIDC_CLIENT_SECRET: secret, OIDC_CLIENT_AUTH: setting }
    expect(await logIn(texts, { secret, clientAuth: `client_secret_${way}` })).toMatchObject({
      kind: 'identified',
    })
  })

  test('with another secret is the vendor’s mistake', async () => {
    expect(await logIn({ OIDC_CLIENT_SECRET: 'another-secret-that-is-long' })).toMatchObject({
      ...{ kind: 'refused', reason: 'login_misconfigured', code: 'unauthorized_client' },
      hint: expect.stringContaining('OIDC_CLIENT_SECRET') as string,
    })
  })

  test('for a claim that it does not have is the vendor’s mistake', async () => {
    expect(await logIn({ OIDC_ACCOUNT_ID_CLAIM: 'org.id' })).toMatchObject({
      ...{ kind: 'refused', reason: 'login_misconfigured', code: 'account_id_unusable' },
      hint: expect.stringContaining('org.id') as string,
    })
  })

  test('with a code that it has not given out is nobody’s alarm', async () => {
    provider = await startGlewlwyd(REDIRECT, clientSecret)
    opened = openOidc(provider.issuer, { OIDC_SCOPE: 'openid' })
    const start = await opened.method.begin({ attemptId: systemRandom(16), again: false })
    if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
    const params = await provider.logIn(start.location)
    params.set('code', 'made-up')
    expect(
      await opened.method.complete({ params, headers: new Headers(), remembered: start.remember }),
    ).toMatchObject({
      ...{ kind: 'refused', reason: 'login_failed', code: 'invalid_grant' },
    })
  })
})
