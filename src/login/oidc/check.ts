import type { Configuration, ServerMetadata } from 'openid-client'
import { checkKeySet } from '../check-key-set.ts'
import type { LoginCheck } from '../port.ts'
import { failureReason, nextAfter } from '../probe.ts'
import { claimList } from './claim-list.ts'
import { checkClient } from './check-client.ts'
import { checkRedirect } from './check-redirect.ts'
import type { OidcParts } from './parts.ts'
import type { OidcSettings } from './settings.ts'

const OPEN =
  'Open OIDC_ISSUER + /.well-known/openid-configuration from this machine: its issuer must be OIDC_ISSUER to the letter.'

/** The issuer's metadata and keys, our client there, its redirect address, and what is announced of the claims. */
export async function check(parts: OidcParts): Promise<LoginCheck[]> {
  let config: Configuration
  try {
    config = await parts.issuer.configuration()
  } catch (error) {
    return [
      {
        ...{ part: null, status: 'failure' },
        says: `the OpenID issuer gives no usable metadata (${failureReason(error)})`,
        next: nextAfter(error, OPEN),
      },
    ]
  }
  const metadata = config.serverMetadata()
  const keySet = {
    ...{ peer: 'the OpenID issuer', url: new URL(String(metadata.jwks_uri)) },
    next: 'Open the jwks_uri of its metadata from this machine.',
  }
  const [keys, redirect] = await Promise.all([checkKeySet(keySet, parts.deps), checkRedirect(config, parts)])
  const client = await checkClient(metadata, parts, redirect.isKnown)
  return [keys, client, redirect.line, checkClaims(metadata, parts.settings)]
}

/** Only whether an announcement speaks against them: few providers announce all of their claims (OpenID Discovery, 3). */
function checkClaims(
  { claims_supported: claims, scopes_supported: scopes }: ServerMetadata,
  settings: OidcSettings,
): LoginCheck {
  const needed = neededBy(settings)
  const missing = [
    ...needed.filter((claim) => isMissing(claim, claims)),
    ...settings.OIDC_SCOPE.split(' ').filter((scope) => scope !== '' && isMissing(scope, scopes)),
  ]
  if (missing.length === 0) {
    const says = `nothing that the provider announces speaks against ${needed.join(', ')}`
    return { part: 'claims', status: 'pass', says, next: null }
  }
  return {
    ...{ part: 'claims', status: 'warning' },
    says: `the provider does not announce ${missing.join(', ')}`,
    next: 'Some providers do not announce all that they send, so log in once yourself; else have it sent, or mend OIDC_SCOPE and the OIDC_…_CLAIM settings.',
  }
}

/** The claims without which no login is let in, and whose names are for the operator to set. */
function neededBy(settings: Readonly<Record<string, unknown>>): string[] {
  const isSet = (setting: string) => [settings[setting] ?? []].flat().length > 0
  return claimList.flatMap(({ needed, setting }) =>
    setting !== undefined && needed !== null && (needed === 'always' || isSet(needed.with))
      ? [String(settings[setting])]
      : [],
  )
}

/** A claim may also be named by a path, of which the first part is announced. */
const isMissing = (name: string, announced: string[] | undefined) =>
  announced !== undefined && !announced.includes(name) && !announced.includes(name.split('.')[0] ?? '')
