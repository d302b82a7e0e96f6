import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { TestConnector } from './connector.ts'
import { atLogin } from './refused-login.ts'

/** Up to the confirm page, as a customer of any name: for a connector with `login: 'handoff'`, which is told by the CRM. */
export async function walkAs(connector: TestConnector, account: string) {
  const { browser, state } = await atLogin(connector)
  const { HANDOFF_ISSUER: iss = '', HANDOFF_SECRET: secret } = connector.environment
  const iat = Math.floor(Date.now() / 1000)
  const word = {
    ...{ iss, aud: connector.url, nonce: new URL(browser.page.url).searchParams.get('request') ?? '' },
    ...{ iat, exp: iat + 60, jti: randomUUID(), sub: `${account}-admin`, user_name: 'Anna Keller' },
    ...{ account_id: account, account_name: account, role: 'admin' },
  }
  const token = await new SignJWT(word)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
  await browser.get(`${connector.url}/wauth/callback?token=${token}`)
  return { browser, state }
}
