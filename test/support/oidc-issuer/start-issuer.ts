import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { authorizationCodes } from './authorization-codes.ts'
import { idToken } from './id-token.ts'
import { encrypted, signed } from './userinfo-token.ts'
import { onLoopback, type Listening } from './on-loopback.ts'
import { goodScript, type Script } from './script.ts'
import { signingKey, type SigningKey } from './signing-key.ts'

export const clientId = 'connector'
export const clientSecret = 'q7Rk2vX9pLmZ4tYc8sNb3wHd6fJg5aKe'

export const goodUser = {
  sub: 'user-1',
  name: 'Anna Keller',
  account_id: 'acme',
  account_name: 'Acme Travel',
  role: 'admin',
}

/** An OpenID provider that logs everybody in at once, and misbehaves as its script says. */
export interface ScriptedIssuer extends Listening {
  script: Script
  /** Paths that were asked for, in order. */
  asked: string[]
  /** Signs with a new key from now on and forgets the old one. */
  rotate: (alg?: string) => Promise<void>
  /** Goes where a browser would be sent; what it brings back. */
  logIn: (location: URL) => Promise<URLSearchParams>
}

interface State {
  url: string
  secret: string
  script: Script
  key: SigningKey
  stranger: SigningKey
  codes: ReturnType<typeof authorizationCodes>
}

/** Making RSA keys takes long, so every issuer begins with the same two. */
const firstKeys = Promise.all([signingKey(), signingKey()])

/** Starts it on 127.0.0.1, on any free port. It compares the client's secret as it comes, without decoding it. */
export async function startIssuer({ secret = clientSecret } = {}): Promise<ScriptedIssuer> {
  const [key, other] = await firstKeys
  const stranger = { ...other, kid: key.kid }
  const state: State = { url: '', secret, script: goodScript(), key, stranger, codes: authorizationCodes() }
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', state.url).pathname)
    void answer(state, request, response)
  })
  const listening = await onLoopback(server)
  state.url = listening.url
  return {
    ...listening,
    script: state.script,
    asked,
    async rotate(alg) {
      state.key = await signingKey(alg)
    },
    async logIn(location) {
      const response = await fetch(location, { redirect: 'manual' })
      return new URL(response.headers.get('location') ?? '').searchParams
    },
  }
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { script } = state
  const url = new URL(request.url ?? '/', state.url)
  const scripted = script.down ? 'drop' : script.endpoints[url.pathname]
  if (scripted === 'drop') {
    request.socket.destroy()
  } else if (scripted) {
    response.writeHead(scripted.status, scripted.headers).end(scripted.body)
  } else if (url.pathname === '/authorize') {
    authorize(state, url.searchParams, response)
  } else if (url.pathname === '/token') {
    await token(state, request, response)
  } else if (url.pathname === '/userinfo' && script.userinfoAs !== 'json') {
    response.writeHead(200, { 'content-type': 'application/jwt' }).end(await userinfoToken(state))
  } else {
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { ...metadata(state.url), ...script.discovery },
      '/userinfo': { ...goodUser, ...script.userinfo },
      '/jwks': { keys: script.jwks([state.key.jwk]) },
    }
    json(response, documents[url.pathname])
  }
}

function userinfoToken({ url, script, key, stranger }: State): Promise<string> {
  const claims = { iss: url, aud: clientId, ...goodUser, ...script.userinfo }
  if (script.userinfoAs === 'encrypted') return encrypted(claims)
  return signed(claims, script.userinfoAs === 'signed' ? key : stranger)
}

const metadata = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  userinfo_endpoint: `${url}/userinfo`,
  jwks_uri: `${url}/jwks`,
  authorization_response_iss_parameter_supported: true,
  id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256', 'none'],
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
})

function authorize({ script, codes, url }: State, request: URLSearchParams, response: ServerResponse) {
  const back = new URL(request.get('redirect_uri') ?? '')
  const answered: Script['answer'] = {
    code: codes.grant(request),
    state: request.get('state') ?? '',
    iss: url,
    ...script.answer,
  }
  for (const [name, value] of Object.entries(answered)) {
    if (value !== undefined) back.searchParams.set(name, value)
  }
  // The browser's connection is not one of those that are counted.
  response.writeHead(302, { location: back.href, connection: 'close' }).end()
}

/** Whether the client has shown its secret there. */
function shows(secret: string, place: string | URLSearchParams | undefined): boolean {
  if (place instanceof URLSearchParams) return place.get('client_secret') === secret
  return place === `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
}

async function token(state: State, request: IncomingMessage, response: ServerResponse) {
  const { script, codes, url, secret, key, stranger } = state
  const form = new URLSearchParams(await text(request))
  if (!shows(secret, script.clientAuth === 'basic' ? request.headers.authorization : form)) {
    json(response, { error: 'invalid_client' }, 400)
    return
  }
  const nonce = codes.trade(form)
  if (nonce === null) {
    json(response, { error: 'invalid_grant' }, 400)
    return
  }
  const accessToken = randomUUID()
  const signer = script.signer === 'stranger' ? stranger : key
  const facts = { issuer: url, clientId, clientSecret: secret, nonce, accessToken, user: goodUser }
  json(response, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 60,
    id_token: await idToken(facts, signer, script),
    ...script.tokens,
  })
}

function json(response: ServerResponse, body: unknown, status = body === undefined ? 404 : 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
