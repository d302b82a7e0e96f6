import { clientId } from '../../../support/oidc-issuer/start-issuer.ts'
import { inUserinfo, json, now, type RefusedRow } from './row.ts'

/** What the vendor has to change at the provider. */
export const vendors: RefusedRow[] = [
  {
    provider: 'authentik',
    does: 'signs ID tokens with the client’s secret, until a signing key is chosen',
    seen: 'https://github.com/goauthentik/authentik/issues/9250',
    script: () => ({ signer: 'client_secret' }),
    code: 'id_token_alg',
  },
  {
    provider: 'NetIQ',
    does: 'does not sign ID tokens',
    seen: 'https://github.com/DuendeArchive/identity-model-oidc-client-js/issues/451',
    script: () => ({ signer: 'nobody' }),
    code: 'id_token_alg',
  },
  {
    provider: 'a server that encrypts',
    does: 'answers with an encrypted ID token',
    seen: 'https://github.com/keycloak/keycloak/issues/21254',
    script: () => ({ tokens: { id_token: 'e30.a.b.c.d' } }),
    code: 'id_token_encrypted',
  },
  {
    provider: 'eSignet',
    does: 'encrypts userinfo when the client asks for it',
    seen: 'https://github.com/mosip/esignet/issues/2351',
    script: () => ({ claims: inUserinfo, userinfoAs: 'encrypted' }),
    code: 'userinfo_encrypted',
  },
  {
    provider: 'Azure AD B2C',
    does: 'answers without an access token when only openid is asked for',
    seen: 'https://github.com/MicrosoftDocs/azure-docs/issues/64582',
    script: () => ({ tokens: { access_token: undefined } }),
    code: 'access_token_missing',
  },
  {
    provider: 'Entra ID',
    does: 'names in the ID token a tenant as the issuer, where the document has another name',
    seen: 'https://github.com/MicrosoftDocs/azure-docs/issues/95994',
    script: () => ({ claims: { iss: 'https://login.microsoftonline.com/9188040d/v2.0' } }),
    code: 'id_token_iss',
  },
  {
    provider: 'Oracle IDCS',
    does: 'names itself as another audience, and no azp',
    seen: 'https://github.com/damienbod/angular-auth-oidc-client/issues/582',
    script: () => ({ claims: { aud: [clientId, 'https://identity.oraclecloud.com/'] } }),
    code: 'id_token_aud',
  },
  {
    provider: 'a server that serves several clients',
    does: 'names another client as azp',
    seen: 'OpenID Connect Core 1.0, 3.1.3.7; https://github.com/linagora/openrag/issues/485',
    script: () => ({ claims: { aud: [clientId], azp: 'portal' } }),
    code: 'id_token_azp',
  },
  {
    provider: 'Authelia',
    does: 'refuses the other way of showing the secret by 401 and a challenge',
    seen: 'RFC 6749, 5.2; https://github.com/cavefire/hass-openid/issues/10',
    script: () => ({
      endpoints: {
        '/token': json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="authelia"' }),
      },
    }),
    code: 'invalid_client',
  },
  {
    provider: 'Glewlwyd',
    does: 'calls a wrong secret unauthorized_client, by 403',
    seen: 'seen with Glewlwyd 2.7.5, see glewlwyd.test.ts',
    script: () => ({ endpoints: { '/token': json({ error: 'unauthorized_client' }, 403) } }),
    code: 'unauthorized_client',
  },
  {
    provider: 'a server whose clock is wrong',
    does: 'makes ID tokens minutes in the future',
    seen: 'https://github.com/DuendeArchive/IdentityServer4/issues/1298',
    script: () => ({ claims: { iat: now() + 600 } }),
    code: 'id_token_from_future',
  },
  {
    provider: 'a server that changes its keys',
    does: 'forgets to publish the new one',
    seen: 'OpenID Connect Core 1.0, 10.1.1',
    script: () => ({ header: { kid: 'new' } }),
    code: 'id_token_key_unknown',
  },
  {
    provider: 'a server without the mapper of a claim',
    does: 'tells no account',
    seen: 'https://github.com/owncloud/ocis/issues/7215',
    script: () => ({ claims: inUserinfo, userinfo: inUserinfo }),
    code: 'account_id_unusable',
  },
  {
    provider: 'SimpleSAMLphp',
    does: 'makes every claim of a scope a list',
    seen: 'https://github.com/simplesamlphp/simplesamlphp-module-oidc/issues/360',
    script: () => ({ claims: { account_id: ['acme'] } }),
    code: 'account_id_unusable',
  },
]

/** What any browser can bring about. */
export const anybodys: RefusedRow[] = [
  {
    provider: 'AWS Cognito',
    does: 'sends the browser back with invalid_scope for a scope that it does not know',
    seen: 'https://github.com/argoproj/argo-cd/issues/1471',
    script: () => ({ answer: { code: undefined, error: 'invalid_scope' } }),
    code: 'answer_says_invalid_scope',
  },
  {
    provider: 'GitHub',
    does: 'answers a bad code with 200 and a word of its own',
    seen: 'https://github.com/thephpleague/oauth2-client/issues/191',
    script: () => ({ endpoints: { '/token': json({ error: 'bad_verification_code' }, 200) } }),
    code: 'token_endpoint_error',
  },
  {
    provider: 'a server on oauth2orize',
    does: 'answers a bad code with 403',
    seen: 'https://github.com/jaredhanson/oauth2orize/issues/221',
    script: () => ({ endpoints: { '/token': json({ error: 'invalid_grant' }, 403) } }),
    code: 'invalid_grant',
  },
]

/** What lets no login begin. */
export const documents: RefusedRow[] = [
  {
    provider: 'authentik',
    does: 'has an issuer with a slash at the end',
    seen: 'https://github.com/dani-garcia/vaultwarden/issues/6770',
    script: (url) => ({ discovery: { issuer: `${url}/application/o/crm/` } }),
    code: 'issuer_mismatch',
  },
  {
    provider: 'Finastra',
    does: 'has the issuer one folder above the document',
    seen: 'https://github.com/ramosbugs/openidconnect-rs/issues/38',
    script: (url) => ({ discovery: { issuer: `${url}/login/v1` } }),
    code: 'issuer_mismatch',
  },
  {
    provider: 'a server behind a proxy that ends TLS',
    does: 'writes http into its document',
    seen: 'https://github.com/DuendeArchive/IdentityServer4/issues/3966',
    script: () => ({ discovery: { jwks_uri: 'http://id.crm.example/jwks' } }),
    code: 'issuer_endpoint_unusable',
  },
  {
    provider: 'any',
    does: 'has another issuer than was typed, by a slash',
    seen: 'https://github.com/plankanban/planka/issues/1514',
    script: (url) => ({ discovery: { issuer: `${url}//` } }),
    code: 'issuer_mismatch',
  },
]
