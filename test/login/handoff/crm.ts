import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import { SignJWT, type CryptoKey, type JWTPayload } from 'jose'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import { signingKey } from '../../support/oidc-issuer/signing-key.ts'

export const crmIssuer = 'https://crm.example'
export const crmSecret = 'zX3pQ9rT7vW1yB5nM8kL2jH6gF4dS0aC'
export const loginUrl = 'https://crm.example/wauth/login'

type Overrides = Record<string, unknown>

/** The CRM's word for the request at `location`; `undefined` as a value leaves a claim or header out. */
export interface Word {
  request: string
  claims?: Overrides
  header?: Overrides
  key?: CryptoKey | Uint8Array
}

export const secretBytes = new TextEncoder().encode(crmSecret)

export async function handoffToken({ request, claims, header, key = secretBytes }: Word): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const good = {
    iss: crmIssuer,
    aud: 'https://connector.example',
    nonce: request,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    sub: 'user-1',
    user_name: 'Anna Keller',
    account_id: 'acme',
    account_name: 'Acme Travel',
    role: 'admin',
  }
  return new SignJWT(withoutUndefined({ ...good, ...claims }))
    .setProtectedHeader(withoutUndefined({ alg: 'HS256', ...header }) as { alg: string })
    .sign(key)
}

const withoutUndefined = (overrides: Overrides) => JSON.parse(JSON.stringify(overrides)) as JWTPayload

/** A page that asks for a password. */
export const startLoginPage = () => onLoopback(createServer((_request, response) => response.end()))

/** A server with the CRM's public keys. */
export async function startKeySet({ alg = 'ES256', down = false } = {}) {
  const script = { down, answer: null as { status: number; body: string } | null }
  let key = await signingKey(alg)
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    const { status, body } = script.answer ?? { status: 200, body: JSON.stringify({ keys: [key.jwk] }) }
    if (script.down) request.socket.destroy()
    else response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(body)
  })
  const listening = await onLoopback(server)
  return {
    ...listening,
    url: `${listening.url}/jwks.json`,
    script,
    key: () => key,
    asked: () => asked,
    rotate: async () => {
      key = await signingKey(alg)
    },
  }
}
