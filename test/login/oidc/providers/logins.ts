import { clientId } from '../../../support/oidc-issuer/start-issuer.ts'
import { inUserinfo, now, type Row } from './row.ts'

const admins = { OIDC_ALLOWED_ROLES: 'admin' }

/** What ends in a login. */
export const logins: Row[] = [
  {
    provider: 'Keycloak',
    does: 'has the roles of the realm in an object',
    seen: 'https://github.com/Timshel/OIDCWarden/issues/30',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'realm_access.roles' },
    script: () => ({ claims: { role: undefined, realm_access: { roles: ['offline_access', 'admin'] } } }),
  },
  {
    provider: 'Keycloak',
    does: 'has the roles of a client two objects deep',
    seen: 'https://github.com/sonar-auth-oidc/sonar-auth-oidc/issues/34',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'resource_access.crm.example.roles' },
    script: () => ({ claims: { resource_access: { 'crm.example': { roles: ['admin'] } } } }),
  },
  {
    provider: 'Keycloak',
    does: 'signs userinfo when the client asks for it',
    seen: 'https://github.com/nextcloud/user_oidc/pull/1117',
    script: () => ({ claims: inUserinfo, userinfoAs: 'signed' }),
  },
  {
    provider: 'Zitadel',
    does: 'has roles as the keys of an object',
    seen: 'https://github.com/Flowfin/jellyfin-plugin-sso/issues/934',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'urn:zitadel:iam:org:project:roles' },
    script: () => ({
      claims: { 'urn:zitadel:iam:org:project:roles': { admin: { '2273': 'acme.crm.example' } } },
    }),
  },
  {
    provider: 'Zitadel',
    does: 'names all clients of a project as the audience, and ours as azp',
    seen: 'https://github.com/BookStackApp/BookStack/issues/5498',
    script: () => ({ claims: { aud: ['283445348708450307', clientId, '2690@project'], azp: clientId } }),
  },
  {
    provider: 'Entra ID',
    does: 'has groups in the ID token alone',
    seen: 'https://github.com/xwiki-contrib/oidc/pull/17',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'groups' },
    script: () => ({ claims: { groups: ['admin'] }, userinfo: { groups: undefined, role: undefined } }),
  },
  {
    provider: 'Entra ID',
    does: 'leaves openid out of the scope that it answers with',
    seen: 'https://github.com/MicrosoftDocs/azure-docs/issues/68619',
    script: () => ({ tokens: { scope: 'profile email' } }),
  },
  {
    provider: 'Okta',
    does: 'has groups in userinfo alone',
    seen: 'https://github.com/sonar-auth-oidc/sonar-auth-oidc/pull/39',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'groups' },
    script: () => ({ userinfo: { groups: ['Everyone', 'admin'] } }),
  },
  {
    provider: 'Auth0',
    does: 'names claims by addresses',
    seen: 'https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'https://crm.example/roles' },
    script: () => ({ claims: { 'https://crm.example/roles': ['admin'] } }),
  },
  {
    provider: 'AWS Cognito',
    does: 'has groups under a name with a colon, in the ID token alone',
    seen: 'https://github.com/jupyterhub/oauthenticator/issues/738',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'cognito:groups' },
    script: () => ({ claims: { 'cognito:groups': ['admin'] } }),
  },
  {
    provider: 'Twitch',
    does: 'answers with the scope as a list',
    seen: 'https://github.com/ulrikstrid/ocaml-oidc/issues/11',
    script: () => ({ tokens: { scope: ['openid'] } }),
  },
  {
    provider: 'a server on oauthlib',
    does: 'answers with a scope that is null',
    seen: 'https://github.com/oauthlib/oauthlib/issues/391',
    script: () => ({ tokens: { scope: null, refresh_token: null, expires_in: null } }),
  },
  {
    provider: 'BankID (Norway)',
    does: 'answers with userinfo that is signed',
    seen: 'https://github.com/DuendeArchive/identity-model-oidc-client-js/issues/635',
    script: () => ({ claims: inUserinfo, userinfoAs: 'signed' }),
  },
  {
    provider: 'ProConnect',
    does: 'answers with userinfo that is signed, and announces by which algorithms',
    seen: 'https://github.com/quarkusio/quarkus/issues/42341',
    script: () => ({
      ...{ claims: inUserinfo, userinfoAs: 'signed' },
      discovery: { userinfo_signing_alg_values_supported: ['RS256'] },
    }),
  },
  {
    provider: 'Authelia',
    does: 'takes a client by basic alone',
    seen: 'https://github.com/nextcloud/user_oidc/issues/981',
    script: () => ({ clientAuth: 'basic' }),
  },
  {
    provider: 'Authelia',
    does: 'takes a client by post alone',
    seen: 'https://github.com/nextcloud/user_oidc/issues/907',
    texts: { OIDC_CLIENT_AUTH: 'post' },
    script: () => ({ clientAuth: 'post' }),
  },
  {
    provider: 'AD FS',
    does: 'has the only role of a user as a text',
    seen: 'https://github.com/owncloud/ocis/issues/7660',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'roles' },
    script: () => ({ claims: { roles: 'admin' } }),
  },
  {
    provider: 'WSO2 Identity Server',
    does: 'has groups in userinfo as a text with commas',
    seen: 'https://github.com/wso2/product-is/issues/6575',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'groups' },
    script: () => ({ userinfo: { groups: 'Internal/everyone,admin' } }),
  },
  {
    provider: 'Ory Hydra',
    does: 'had an at_hash that was null and an auth_time before all time',
    seen: 'https://github.com/ory/hydra/issues/129',
    script: () => ({ claims: { at_hash: null, c_hash: null, auth_time: -62_135_596_800 } }),
  },
  {
    provider: 'Ory Hydra',
    does: 'has claims of the access token in an object, as its userinfo may',
    seen: 'https://github.com/ory/hydra/issues/1974',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'ext.role' },
    script: () => ({ userinfo: { ext: { role: 'admin' } } }),
  },
  {
    provider: 'SimpleSAMLphp',
    does: 'names a claim by an address and lists its only value',
    seen: 'https://github.com/simplesamlphp/simplesamlphp-module-oidc/pull/48',
    texts: { ...admins, OIDC_ROLE_CLAIM: 'https://crm.example/schema/person/role' },
    script: () => ({ claims: { 'https://crm.example/schema/person/role': ['admin'] } }),
  },
  {
    provider: 'Entra ID',
    does: 'names no algorithm in its keys',
    seen: 'https://github.com/marcpope/cortendesk/issues/36',
    script: () => ({ jwks: (keys) => keys.map((key) => ({ ...key, alg: undefined })) }),
  },
  {
    provider: 'Keycloak',
    does: 'has a key to encrypt with beside the one that signs',
    seen: 'https://github.com/jenkinsci/oic-auth-plugin/issues/304',
    script: () => ({
      jwks: ([key]) => [{ ...key, kid: '14MuZ', use: 'enc', alg: 'RSA-OAEP' }, { ...key }],
    }),
  },
  {
    provider: 'a server by the letter of the standard',
    does: 'gives no claim about the person in the ID token',
    seen: 'OpenID Connect Core 1.0, 2 and 5.4; https://github.com/TheDuffman85/crowdsec-web-ui/pull/356',
    script: () => ({ claims: { ...inUserinfo, name: undefined } }),
  },
  {
    provider: 'a server whose clock is a little ahead',
    does: 'makes ID tokens some seconds in the future',
    seen: 'https://github.com/zamzterz/Flask-pyoidc/issues/147',
    script: () => ({ claims: { iat: now() + 4 } }),
  },
]
