import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { clientId, clientSecret } from '../oidc-issuer/start-issuer.ts'
import { tempDir } from '../temp-dir.ts'
import { startForeign } from './foreign-program.ts'

const PORTAL = '/usr/share/lemonldap-ng/portal/htdocs/index.psgi'
const SERVER = '/usr/bin/plackup'

/** Debian's package `liblemonldap-ng-portal-perl`, which brings `plackup` along. */
export const lemonldapIsHere = existsSync(PORTAL) && existsSync(SERVER)

/** Options of the client, as LemonLDAP::NG names them after `oidcRPMetaDataOptions`. */
export type ClientOptions = Record<string, string | number>

/** A portal of its own with the users of its demonstration and one client, which need not ask for consent. */
export async function startLemonldap(redirectUri: string, options: ClientOptions = {}) {
  const [folder, port] = [await tempDir(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const settings = join(folder.path, 'lemonldap-ng.ini')
  for (const name of ['conf', 'sessions', 'lock', 'cache']) await mkdir(join(folder.path, name))
  await writeFile(settings, settingsIn(folder.path))
  const client = { ClientID: clientId, ClientSecret: clientSecret, RedirectUris: redirectUri, ...options }
  await writeFile(
    join(folder.path, 'conf', 'lmConf-1.json'),
    JSON.stringify({ ...portal(url, folder.path), ...oidc(url, client) }),
  )
  const command = [SERVER, '--env', 'deployment', '--host', '127.0.0.1', '--port', String(port), PORTAL]
  const program = await startForeign(command, `${url}/oauth2/jwks`, { LLNG_DEFAULTCONFFILE: settings })
  return {
    issuer: `${url}/`,
    output: program.output,
    /** Logs a user of the demonstration in where the browser would be sent; what it brings back. */
    async logIn(location: URL): Promise<URLSearchParams> {
      const body = new URLSearchParams({ user: 'dwho', password: 'dwho' })
      const headers = { accept: 'text/html' }
      const answer = await fetch(location, { method: 'POST', redirect: 'manual', headers, body })
      return new URL(answer.headers.get('location') ?? '').searchParams
    },
    async close() {
      await program.end()
      await folder.remove()
    },
  }
}

const settingsIn = (folder: string) => `[all]
logLevel = warn
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'conf', 'default_expires_in' => 600, 'cache_root' => '${folder}/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
`

function portal(url: string, folder: string) {
  const files = { Directory: `${folder}/sessions`, LockDirectory: `${folder}/lock` }
  const generateModule = 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256'
  return {
    ...{ cfgNum: 1, cfgAuthor: 'test', cfgDate: 1, cfgVersion: '2.16.1' },
    ...{ portal: `${url}/`, domain: '127.0.0.1', cookieName: 'lemonldap', securedCookie: 0, timeout: 600 },
    ...{ authentication: 'Demo', userDB: 'Same', passwordDB: 'Null', registerDB: 'Null', requireToken: 0 },
    // The usual one draws pictures, with a library that the package only recommends.
    captcha: '::Plugins::History',
    ...{ globalStorage: 'Apache::Session::File', globalStorageOptions: { ...files, generateModule } },
    ...{ persistentStorage: 'Apache::Session::File', persistentStorageOptions: files },
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: { namespace: 'sessions', cache_root: `${folder}/cache`, cache_depth: 3 },
    ...{ demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' }, exportedVars: {}, whatToTrace: 'uid' },
    macros: { account_id: "'acme'", account_name: "'Acme Travel'", role: "'user; admin'" },
    ...{ locationRules: {}, exportedHeaders: {}, groups: {} },
  }
}

function oidc(url: string, client: ClientOptions) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const usual = { BypassConsent: 1, UserIDAttr: 'uid', IDTokenSignAlg: 'RS256' }
  const named = Object.entries({ ...usual, ...client }).map(([name, value]) => [
    `oidcRPMetaDataOptions${name}`,
    value,
  ])
  return {
    ...{ issuerDBOpenIDConnectActivation: 1, issuerDBOpenIDConnectPath: '^/oauth2/' },
    ...{ issuerDBOpenIDConnectRule: 1, oidcServiceMetaDataIssuer: `${url}/` },
    ...{ oidcServiceAllowAuthorizationCodeFlow: 1, oidcServiceIgnoreScopeForClaims: 1 },
    ...{ oidcServicePrivateKeySig: privateKey, oidcServicePublicKeySig: publicKey },
    oidcServiceKeyIdSig: 'key-1',
    oidcRPMetaDataOptions: { connector: Object.fromEntries(named) as ClientOptions },
    oidcRPMetaDataExportedVars: {
      connector: { account_id: 'account_id', account_name: 'account_name', role: 'role', name: 'cn' },
    },
    ...{ oidcRPMetaDataMacros: { connector: {} }, oidcRPMetaDataOptionsExtraClaims: { connector: {} } },
  }
}
