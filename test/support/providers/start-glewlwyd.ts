import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { freePort } from '../free-port.ts'
import { clientId } from '../oidc-issuer/start-issuer.ts'
import { tempDir } from '../temp-dir.ts'
import { startForeign } from './foreign-program.ts'

const PROGRAM = '/usr/bin/glewlwyd'
const TABLES = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3'

/** Debian's package `glewlwyd`. */
export const glewlwydIsHere = existsSync(PROGRAM) && existsSync(TABLES)

const user = { username: 'anna', password: 'anna-password' }

/** A Glewlwyd of its own, with one client and one user who has agreed to it already. */
export async function startGlewlwyd(redirectUri: string, secret: string, clientAuth = 'client_secret_basic') {
  const [folder, port] = [await tempDir(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const database = join(folder.path, 'glewlwyd.db')
  await makeDatabase(database)
  const settings = join(folder.path, 'glewlwyd.conf')
  await writeFile(settings, settingsFor(port, database))
  const program = await startForeign([PROGRAM, '--config-file', settings], `${url}/config`)
  const close = async () => {
    await program.end()
    await folder.remove()
  }
  const issuer = `${url}/api/oidc`
  const admin = await session(url, { username: 'admin', password: 'password' })
  await admin('POST', 'mod/plugin/', plugin(issuer))
  await admin('POST', 'user/', {
    ...{ ...user, name: 'Anna Keller', enabled: true, scope: ['openid'] },
    ...{ account_id: 'acme', account_name: 'Acme Travel', role: ['user', 'admin'] },
  })
  await admin('POST', 'client/', {
    ...{ client_id: clientId, client_secret: secret, redirect_uri: [redirectUri] },
    ...{ enabled: true, confidential: true, authorization_type: ['code'], scope: [] },
    token_endpoint_auth_method: [clientAuth],
  })
  const person = await session(url, user)
  await person('PUT', `auth/grant/${clientId}`, { scope: 'openid' })
  /** Goes where the browser of a person would be sent who is logged in and presses «continue»; what it brings back. */
  const logIn = async (location: URL) => {
    const answer = await person('GET', `${location.href}&g_continue`)
    return new URL(answer.headers.get('location') ?? '').searchParams
  }
  return { issuer, logIn, close, output: program.output }
}

/** The package's own tables; of a user the properties that become claims can be stored. */
async function makeDatabase(path: string): Promise<void> {
  const database = new Database(path)
  database.exec(await readFile(TABLES, 'utf8'))
  const one = { multiple: false, read: true, write: true }
  const format = { account_id: one, account_name: one, role: { ...one, multiple: true } }
  database
    .prepare("UPDATE g_user_module_instance SET gumi_parameters = ? WHERE gumi_name = 'database'")
    .run(JSON.stringify({ 'use-glewlwyd-connection': true, 'data-format': format }))
  database.close()
}

const settingsFor = (port: number, database: string) => `
port=${port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:${port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="WARNING"
cookie_secure=0
session_key="SESSION"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database = { type = "sqlite3"  path = "${database}" };
`

function plugin(issuer: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const claim = (name: string) => ({ name, 'user-property': name, type: 'string', mandatory: true })
  return {
    ...{ module: 'oidc', name: 'oidc', display_name: 'OpenID Connect', enabled: true },
    parameters: {
      ...{ iss: issuer, 'jwt-type': 'rsa', 'jwt-key-size': '256', key: privateKey, cert: publicKey },
      ...{ 'access-token-duration': 60, 'refresh-token-duration': 60, 'code-duration': 60 },
      ...{
        'auth-type-code-enabled': true,
        'jwks-show': true,
        'pkce-allowed': true,
        'subject-type': 'public',
      },
      ...{ 'name-claim': 'on-demand', 'name-claim-scope': ['openid'], 'allowed-scope': ['openid'] },
      claims: ['account_id', 'account_name', 'role'].map(claim),
    },
  }
}

/** Calls of somebody who is logged in; a path is one of the interface, an address goes as it is. */
async function session(url: string, credentials: Record<string, string>) {
  let cookie = ''
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(path, `${url}/api/`), {
      ...{ method, redirect: 'manual', headers: { cookie, 'content-type': 'application/json' } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return answer
  }
  await call('POST', 'auth/', credentials)
  return call
}
