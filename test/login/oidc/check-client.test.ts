import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { verdictOn } from '../../../src/login/oidc/check-client.ts'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import { clientId, clientSecret, startIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { openOidc } from './open-oidc.ts'

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

type Answer = readonly [status: number, text: string]

interface Pair {
  what: string
  /** To our secret, to any other one, and to ours in the body of the request. */
  ours: Answer
  others: Answer
  inBody?: Answer
  status: 'pass' | 'warning' | 'failure'
  says: RegExp
  asked: number
}

const refusedClient = [401, json('invalid_client')] as const
const takes = /knows the client, and takes its secret by client_secret_basic/

const PAIRS: Pair[] = [
  {
    what: 'that looks at the client first knows ours',
    ...{ ours: [400, json('invalid_grant')], others: refusedClient, status: 'pass', says: takes, asked: 2 },
  },
  {
    // https://github.com/better-auth/better-auth/pull/11176
    what: 'that looks at the code first says nothing about the secret',
    ...{ ours: [400, json('invalid_grant')], others: [400, json('invalid_grant')] },
    ...{ status: 'warning', says: /\(status 400, invalid_grant\)/, asked: 2 },
  },
  {
    what: 'that has enough after the first question proves nothing',
    ...{ ours: [400, json('invalid_grant')], others: [429, ''] },
    ...{ status: 'warning', says: /\(status 400, invalid_grant\)/, asked: 2 },
  },
  {
    what: 'that says little of the code, and refuses another secret, knows ours',
    ...{ ours: [400, json('invalid_request')], others: refusedClient, status: 'pass', says: takes, asked: 2 },
  },
  {
    what: 'that says the same little to every secret proves nothing',
    ...{ ours: [400, json('invalid_request')], others: [400, json('invalid_request')] },
    ...{ status: 'warning', says: /\(status 400, invalid_request\)/, asked: 2 },
  },
  {
    what: 'that refuses the code with 401 and a word for the request knows the client',
    ...{ ours: [401, json('invalid_request')], others: refusedClient, status: 'pass', says: takes, asked: 2 },
  },
  {
    what: 'that refuses the code with 401 in words of its own knows the client',
    ...{ ours: [401, '{"code":"bad_code"}'], others: refusedClient, status: 'pass', says: takes, asked: 2 },
  },
  {
    // https://github.com/DuendeArchive/IdentityServer4/issues/4075
    what: 'that calls the client unauthorized for the code knows it',
    ...{ ours: [400, json('unauthorized_client')], others: refusedClient },
    ...{ status: 'pass', says: takes, asked: 2 },
  },
  {
    // https://github.com/Stirling-Tools/Stirling-PDF/issues/6567: Keycloak.
    what: 'that calls the client unauthorized with every secret, and with 401, refuses the client',
    ...{ ours: [401, json('unauthorized_client')], others: [401, json('unauthorized_client')] },
    ...{
      status: 'failure',
      says: /^the provider refuses the client, .*: status 401, unauthorized_client$/,
      asked: 3,
    },
  },
  {
    what: 'that calls the client unauthorized with every secret, and with 400, proves nothing',
    ...{ ours: [400, json('unauthorized_client')], others: [400, json('unauthorized_client')] },
    ...{
      status: 'warning',
      says: /^the provider refuses the client or only the made-up code, .*: status 400, unauthorized_client;/,
      asked: 3,
    },
  },
  {
    what: 'that refuses ours by such a word, and has enough then, proves nothing',
    ...{ ours: [401, json('invalid_request')], others: [429, ''], inBody: [429, ''] },
    ...{ status: 'warning', says: /^the provider refuses the client or only the made-up code, /, asked: 3 },
  },
  {
    what: 'that refuses every secret in the header, and takes ours in the body, is told',
    ...{ ours: [401, 'Unauthorized'], others: [401, 'Unauthorized'], inBody: [400, json('invalid_grant')] },
    ...{ status: 'failure', says: /it takes client_secret_post$/, asked: 3 },
  },
  {
    what: 'that refuses the client by its word is asked for no other secret',
    ...{ ours: refusedClient, others: refusedClient, status: 'failure', says: /invalid_client$/, asked: 2 },
  },
]

test.each(PAIRS)('a provider $what', async ({ ours, others, inBody, status, says, asked }) => {
  let questions = 0
  const server = createServer((request, response) => {
    questions++
    const header = request.headers.authorization
    const [code, text] =
      header === undefined && inBody
        ? inBody
        : header === `Basic ${btoa(`${clientId}:${clientSecret}`)}`
          ? ours
          : others
    response.writeHead(code, { 'content-type': 'application/json' }).end(text)
  })
  const [token, issuer] = await Promise.all([onLoopback(server), startIssuer()])
  issuer.script.discovery = { token_endpoint: `${token.url}/token` }
  const { method } = openOidc(issuer.url)
  onTestFinished(async () => {
    await Promise.all([method.close(), token.close(), issuer.close()])
  })
  const line = (await method.check()).find(({ part }) => part === 'client')
  expect(line).toMatchObject({ status, says: expect.stringMatching(says) as string })
  expect(line?.next === null).toBe(status === 'pass')
  expect(questions).toBe(asked)
})
