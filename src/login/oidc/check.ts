import type { ServerMetadata } from 'openid-client'
import { countKeys } from '../count-keys.ts'
import { callbackUrl } from '../callback-url.ts'
import { failureCode } from '../failure-code.ts'
import type { LoginCheck } from '../port.ts'
import { chooseClientAuth } from './client-auth.ts'
import type { OidcParts } from './parts.ts'

/** The issuer's metadata and its keys. Whether it knows the client shows only when somebody logs in. */
export async function check({ issuer, settings, deps }: OidcParts): Promise<LoginCheck> {
  const refused = (detail: string, hint: string) => ({ ok: false, detail, hint })
  let metadata: ServerMetadata
  try {
    metadata = (await issuer.configuration()).serverMetadata()
  } catch (error) {
    return refused(
      `the OpenID issuer gives no usable metadata (${failureCode(error)})`,
      'Open OIDC_ISSUER + /.well-known/openid-configuration from this machine: its issuer must be OIDC_ISSUER to the letter.',
    )
  }
  const unusable = (why: string) =>
    refused(
      `the keys of the OpenID issuer are not usable (${why})`,
      'Open the jwks_uri of its metadata from this machine.',
    )
  try {
    const { jwks_uri: jwksUri } = metadata
    const count = jwksUri === undefined ? 0 : await countKeys(new URL(jwksUri), deps.allowHttpLoopback)
    if (count === 0) return unusable('there are none')
    const redirect = callbackUrl(deps.publicUrl).href
    return {
      ok: true,
      detail: `the OpenID issuer answers and has ${count === 1 ? 'one key' : `${count} keys`}; its client must allow ${redirect} and ${chooseClientAuth(metadata, settings).method}`,
      hint: null,
    }
  } catch (error) {
    return unusable(failureCode(error))
  }
}
