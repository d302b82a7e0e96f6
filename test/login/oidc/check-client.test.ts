import { expect, test } from 'vitest'
import { verdictOn } from '../../../src/login/oidc/check-client.ts'

const json = (error: string, description = '') => JSON.stringify({ error, error_description: description })

interface Seen {
  who: string
  status: number
  text: string
  verdict: ReturnType<typeof verdictOn>
  /** Where the answer was seen. */
  source: string
}

/** What providers answer to a code that they have not given out. */
const SEEN: Seen[] = [
  {
    who: 'Keycloak',
    ...{ status: 400, text: json('invalid_grant', 'Code not valid'), verdict: 'known' },
    source: 'https://github.com/marcospereirampj/python-keycloak/issues/339',
  },
  {
    who: 'Keycloak, wrong secret',
    ...{ status: 401, text: json('unauthorized_client', 'Invalid client or Invalid client credentials') },
    ...{ verdict: 'refused', source: 'https://github.com/Stirling-Tools/Stirling-PDF/issues/6567' },
  },
  {
    who: 'Keycloak, unknown client',
    ...{ status: 400, text: json('invalid_client'), verdict: 'refused' },
    source: 'https://github.com/keycloak/keycloak/issues/11741',
  },
  {
    who: 'Entra ID',
    ...{ status: 400, text: json('invalid_grant', 'AADSTS9002313: Invalid request.'), verdict: 'known' },
    source: 'https://github.com/AzureAD/azure-activedirectory-library-for-nodejs/issues/219',
  },
  {
    who: 'Entra ID, wrong secret',
    ...{ status: 401, text: json('invalid_client', 'AADSTS7000215: Invalid client secret provided.') },
    ...{ verdict: 'refused', source: 'https://github.com/BookStackApp/BookStack/issues/4089' },
  },
  {
    who: 'Google',
    ...{ status: 400, text: json('invalid_grant', 'Malformed auth code.'), verdict: 'known' },
    source: 'https://github.com/googleworkspace/go-samples/issues/85',
  },
  {
    who: 'Google, wrong client',
    ...{ status: 401, text: '{\n  "error" : "invalid_client"\n}', verdict: 'refused' },
    source: 'https://github.com/authomatic/authomatic/issues/119',
  },
  {
    who: 'Google, a request that it cannot read',
    ...{ status: 400, text: '<!DOCTYPE html><title>Error 400 (Bad Request)!!1</title>', verdict: 'unproved' },
    source: 'https://github.com/googleapis/google-auth-library-python/issues/1284',
  },
  {
    who: 'GitLab',
    ...{ status: 400, text: json('invalid_grant', 'The provided authorization grant is invalid') },
    ...{ verdict: 'known', source: 'https://github.com/Dynatrace/ace-box/issues/580' },
  },
  {
    who: 'GitLab, wrong client',
    ...{ status: 401, text: json('invalid_client', 'Client authentication failed due to unknown client') },
    ...{ verdict: 'refused', source: 'https://github.com/doorkeeper-gem/doorkeeper/issues/242' },
  },
  {
    who: 'Okta, as it has documented it',
    ...{ status: 401, text: json('invalid_grant'), verdict: 'known' },
    source: 'https://gist.github.com/kevinjom/2c715e4ee5033c0a4c7b152002dcbf82',
  },
  {
    who: 'Okta, wrong client',
    ...{ status: 401, text: json('invalid_client', 'No client credentials found.'), verdict: 'refused' },
    source: 'https://gist.github.com/kevinjom/2c715e4ee5033c0a4c7b152002dcbf82',
  },
  {
    who: 'Auth0, wrong client',
    ...{ status: 401, text: 'Unauthorized', verdict: 'refused' },
    source: 'https://github.com/auth0/laravel-auth0/issues/42',
  },
  {
    who: 'Glewlwyd 2.7.5',
    ...{ status: 403, text: json('invalid_code'), verdict: 'known' },
    source: 'tried, and https://github.com/babelouest/glewlwyd',
  },
  {
    who: 'Glewlwyd 2.7.5, wrong client, secret or redirect address',
    ...{ status: 403, text: json('unauthorized_client'), verdict: 'refused' },
    source: 'tried, and https://github.com/babelouest/glewlwyd',
  },
  {
    who: 'oauth2orize',
    ...{ status: 403, text: json('invalid_grant', 'Invalid authorization code'), verdict: 'known' },
    source: 'https://github.com/FrankHassanabad/Oauth2orizeRecipes/issues/60',
  },
  {
    who: 'Follow Up Boss',
    ...{ status: 404, text: json('invalid_grant'), verdict: 'known' },
    source: 'https://docs.followupboss.com/docs/oauth-error-codes',
  },
  {
    who: 'Follow Up Boss, wrong client',
    ...{ status: 403, text: json('unauthorized_client'), verdict: 'refused' },
    source: 'https://docs.followupboss.com/docs/oauth-error-codes',
  },
  {
    who: 'DNSimple, as it was: one word for everything',
    ...{ status: 400, text: json('invalid_request'), verdict: 'unproved' },
    source: 'https://github.com/dnsimple/dnsimple-developer/pull/1025',
  },
  {
    who: 'FusionAuth',
    ...{ status: 400, text: json('invalid_request', 'Invalid Authorization Code'), verdict: 'unproved' },
    source: 'https://github.com/FusionAuth/fusionauth-issues/issues/150',
  },
  {
    who: 'GitHub',
    ...{ status: 200, text: json('bad_verification_code'), verdict: 'unproved' },
    source: 'https://github.com/octokit/auth-oauth-app.js/issues/13',
  },
  {
    who: 'wicked',
    ...{ status: 500, text: json('server_error', 'could not retrieve user profile'), verdict: 'unproved' },
    source: 'https://github.com/Haufe-Lexware/wicked.haufe.io/issues/131',
  },
  {
    who: 'ORCID, as it was',
    ...{ status: 500, text: '', verdict: 'unproved' },
    source: 'https://github.com/ORCID/ORCID-Source/pull/3805',
  },
]

test.each(SEEN)('$who answers $status: the client is $verdict ($source)', ({ status, text, verdict }) => {
  expect(verdictOn({ status, text })).toBe(verdict)
})
