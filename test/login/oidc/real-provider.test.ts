import { afterEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import { publicUrl } from '../deps.ts'
import { openOidc, type Opened } from './open-oidc.ts'
import { browse, startRealProvider } from './real-provider.ts'

const identity = {
  userId: 'user-1',
  userName: 'Anna Keller',
  crmAccountId: 'acme',
  crmAccountName: 'Acme Travel',
  role: 'admin',
}

describe('with a certified provider', () => {
  let provider: Awaited<ReturnType<typeof startRealProvider>>
  let opened: Opened
  afterEach(async () => {
    await opened.method.close()
    await provider.close()
  })

  async function round(again = false) {
    const start = await opened.method.begin({ attemptId: systemRandom(16), again })
    if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
    const params = await browse(start.location, publicUrl)
    return { params, headers: new Headers(), remembered: start.remember }
  }

  const redirectUri = 'https://connector.example/wauth/callback'

  test('a user is identified', async () => {
    provider = await startRealProvider(redirectUri)
    opened = openOidc(provider.url)
    expect(await opened.method.complete(await round())).toEqual({ kind: 'identified', identity })
  })

  test('a user is identified once more when another one was asked for', async () => {
    provider = await startRealProvider(redirectUri)
    opened = openOidc(provider.url)
    expect(await opened.method.complete(await round(true))).toEqual({ kind: 'identified', identity })
  })

  test('a user is identified by userinfo that is signed', async () => {
    provider = await startRealProvider(redirectUri, { userinfo_signed_response_alg: 'RS256' })
    opened = openOidc(provider.url)
    expect(await opened.method.complete(await round())).toEqual({ kind: 'identified', identity })
  })

  test('an answer is good for one use', async () => {
    provider = await startRealProvider(redirectUri)
    opened = openOidc(provider.url)
    const answer = await round()
    await opened.method.complete(answer)
    expect(await opened.method.complete(answer)).toMatchObject({
      kind: 'refused',
      reason: 'login_failed',
      code: 'invalid_grant',
    })
  })

  test('an answer that belongs to another round is refused', async () => {
    provider = await startRealProvider(redirectUri)
    opened = openOidc(provider.url)
    const [one, other] = [await round(), await round()]
    const crossed = { ...one, remembered: other.remembered }
    expect(await opened.method.complete(crossed)).toMatchObject({
      kind: 'refused',
      code: 'answer_state',
    })
  })

  test('a wrong client secret is told apart', async () => {
    provider = await startRealProvider(redirectUri, { client_secret: 'another-secret-that-is-long-enough' })
    opened = openOidc(provider.url)
    expect(await opened.method.complete(await round())).toMatchObject({
      kind: 'refused',
      code: 'invalid_client',
    })
  })
})
