import { customFetch, discovery, type Configuration, type ServerMetadata } from 'openid-client'
import { isAllowed, PeerUnavailable, type BoundedFetch } from '../bounded-fetch.ts'
import type { OidcSettings } from './settings.ts'
import { hasTenants, isOpenToStrangers, tenantIn } from './tenants.ts'
import { tidyAnswers } from './tidy-answers.ts'

/** Endpoints that a login asks, or sends the browser to; the last is there for some providers only. */
const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'] as const

interface Means {
  fetch: BoundedFetch['fetch']
  allowHttpLoopback: boolean
  execute: ((config: Configuration) => void)[]
}

/**
 * Asks for the document of the issuer, and judges everything in it that a login uses.
 * @throws {PeerUnavailable} when it cannot be had, or no login can be safe or possible with it
 */
export async function discover(
  settings: OidcSettings,
  { fetch, allowHttpLoopback, execute }: Means,
): Promise<ServerMetadata> {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = settings
  if (!isAllowed(issuer.href, allowHttpLoopback)) throw new PeerUnavailable('issuer_not_https')
  let named: string | undefined
  const document: BoundedFetch['fetch'] = async (url, options) => {
    const said = (await (await tidyAnswers(fetch, () => 'document')(url, options)).json()) as ServerMetadata
    named = said.issuer
    // The library compares issuers to the letter; one with a place for the tenant is at the address of one, or of several.
    const isAtHome = hasTenants(named) && tenantIn(named, issuer.href) !== null
    return Response.json(isAtHome ? { ...said, issuer: issuer.href } : said)
  }
  try {
    const options = { [customFetch]: document, execute }
    const found = (await discovery(issuer, clientId, undefined, undefined, options)).serverMetadata()
    for (const endpoint of endpoints) checkEndpoint(endpoint, found[endpoint], allowHttpLoopback)
    if (named !== undefined) Object.assign(found, { issuer: named })
    checkTenants(found.issuer, settings)
    return found
  } catch (error) {
    throw explainDocument(error, issuer)
  }
}

/** The library takes any issuer from Microsoft's addresses. */
function checkTenants(named: string, settings: OidcSettings) {
  const { OIDC_ISSUER: issuer } = settings
  if (hasTenants(named) && tenantIn(named, issuer.href) === null) throw mismatch(named, issuer)
  if (isOpenToStrangers(named, settings)) {
    throw new PeerUnavailable('issuer_for_every_tenant', { found: named })
  }
}

function checkEndpoint(endpoint: (typeof endpoints)[number], address: unknown, http: boolean) {
  if (address === undefined ? endpoint === 'userinfo_endpoint' : isUsable(address, http)) return
  throw new PeerUnavailable('issuer_endpoint_unusable', { claim: endpoint, found: address })
}

/** RFC 6749, 3.1 and 3.2: without a fragment. With a user name it would be shown to everybody. */
function isUsable(address: unknown, http: boolean): boolean {
  if (typeof address !== 'string' || !isAllowed(address, http)) return false
  const { username, password } = new URL(address)
  return username === '' && password === '' && !address.includes('#')
}

/** The library compares the issuer that the document names, and keeps the document behind its error. */
function explainDocument(error: unknown, expected: URL): unknown {
  const { attribute, body } = (error as { cause?: { attribute?: string; body?: ServerMetadata } }).cause ?? {}
  return attribute === 'issuer' ? mismatch(body?.issuer, expected, error) : error
}

const mismatch = (found: string | undefined, expected: URL, cause?: unknown) =>
  new PeerUnavailable('issuer_mismatch', { found, expected: expected.href }, cause)
