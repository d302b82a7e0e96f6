import { anybody, no, outage, person, role, us, vendor, type Failure } from './failure-kinds.ts'

/**
 * Every way in which a login does not end in a user: one row each, by its code. The log, `wauth check` and the documents
 * tell a failure by this table alone.
 */

const CLOCKS = 'Compare the clocks of both machines.'
const CLIENT =
  'Compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET with the client at the provider, and try OIDC_CLIENT_AUTH=post, or basic: some providers take only one.'
const BROWSER = 'Anybody can send this; if every customer does, the client at the provider is set up wrongly:'

/** What the provider's document and keys are like. */
const issuer = {
  issuer_mismatch: vendor('The document says issuer {found}, OIDC_ISSUER is {expected}.'),
  issuer_endpoint_unusable: vendor(
    'The document of the issuer has {found} as its {claim}, which is no https address.',
  ),
  issuer_for_every_tenant: vendor(
    'The issuer {found} is one for every tenant. Set OIDC_ALLOWED_TENANTS, or OIDC_ACCOUNT_ID_CLAIM=tid.',
  ),
  issuer_document_refused: vendor('The document is answered with status {status}. Compare OIDC_ISSUER.'),
  issuer_document_status: outage('The document of the issuer is answered with status {status}.'),
  issuer_document_unreadable: outage('The document of the issuer is no JSON object that names its issuer.'),
  issuer_not_https: vendor('OIDC_ISSUER is no https address.'),
  key_set_unusable: outage('The address of the keys does not answer with a JSON Web Key Set.'),
}

/** How a call to the CRM or its provider ended. */
const peer = {
  peer_unreachable: outage('The login of the CRM cannot be reached from this machine.'),
  peer_too_slow: outage('The login of the CRM did not answer in time.'),
  peer_answer_too_large: outage('The login of the CRM answered with more than 256 KiB.'),
  peer_failed: outage('The login of the CRM answered with status {status}.'),
  peer_address_not_allowed: outage('The login of the CRM leads to an address that is not https.'),
  peer_breaker_open: outage('The login of the CRM fails, and is not asked for a while.'),
  peer_too_many_calls: outage('Too many calls to the login of the CRM are under way.'),
  server_error: outage('The provider says that it has failed.'),
  temporarily_unavailable: outage('The provider says that it is not available now.'),
}

/** What the browser brings back from the provider. All of it can be made up. */
const answer = {
  access_denied: no('The person cancelled. If all do, the provider says no by itself: see its log.'),
  account_selection_required: person('The provider wants the person to choose an account.'),
  consent_required: person('The provider wants the person to agree first.'),
  interaction_required: person('The provider wants something from the person.'),
  login_required: person('The provider wants the person to log in first.'),
  answer_says_invalid_request: anybody(
    `The answer is the error invalid_request. ${BROWSER} compare its redirect address.`,
  ),
  answer_says_invalid_scope: anybody(`The answer is the error invalid_scope. ${BROWSER} compare OIDC_SCOPE.`),
  answer_says_unauthorized_client: anybody(
    `The answer is the error unauthorized_client. ${BROWSER} allow it the authorization code flow.`,
  ),
  answer_says_unsupported_response_type: anybody(
    `The answer is the error unsupported_response_type. ${BROWSER} allow it the response type code.`,
  ),
  answer_says_error: anybody(
    'The answer is an error in words that are not those of the standard. The log of the provider says more.',
  ),
  answer_doubled: anybody('The answer has {claim} more than once.'),
  answer_state: anybody('The answer is for another login than the one that this browser began.'),
  answer_issuer: anybody('The answer says iss {found}, the issuer is {expected}.'),
  answer_issuer_missing: anybody('The answer says no iss, which the document of the issuer promises.'),
  answer_has_token: anybody('The answer carries a token. Allow the client the code flow only.'),
  answer_is_token: anybody('The answer is a signed response (JARM). Switch that off.'),
  answer_without_code: anybody('The answer has neither a code nor an error.'),
  leg_unreadable: anybody('What was kept of the login under way cannot be read.'),
}

/** What the token endpoint says. Of the code: anybody may have sent it. Of the client: it is the vendor's. */
const token = {
  invalid_client: vendor(`The token endpoint does not take our client. ${CLIENT}`),
  unauthorized_client: vendor(`The token endpoint does not let our client trade a code. ${CLIENT}`),
  invalid_scope: vendor('The token endpoint does not take the scope. Compare OIDC_SCOPE.'),
  unsupported_grant_type: vendor('The token endpoint trades no codes for the client.'),
  invalid_grant: anybody(
    'The token endpoint does not take the code: it is old, used, made up, or of another login.',
  ),
  invalid_request: anybody('The token endpoint calls our request invalid. The log of the provider says why.'),
  token_endpoint_error: anybody(
    'The token endpoint refuses in words that are not those of the standard. The log of the provider says more.',
  ),
  token_endpoint_status: anybody(
    'The token endpoint answers with status {status} and no error of the standard. If it is always 401, compare OIDC_CLIENT_SECRET, and try OIDC_CLIENT_AUTH.',
  ),
  token_endpoint_unreadable: anybody('The token endpoint does not answer with a JSON object.'),
  scope_narrowed: anybody(
    'The token endpoint gives the scope {found}, OIDC_SCOPE is {expected}. Anybody can ask for less; if it is every customer, allow the client all of it.',
  ),
  access_token_missing: vendor(
    'The token endpoint gives no access token. Ask for a scope that brings one (OIDC_SCOPE).',
  ),
  token_type_unusable: vendor('The token endpoint gives a token of type {found}, and {expected} is wanted.'),
  id_token_missing: vendor(
    'The token endpoint gives no ID token. OIDC_SCOPE must have openid, and the provider must do OpenID Connect.',
  ),
}

/** What can be wrong with an ID token and with signed userinfo alike. Both come from the provider itself. */
const signed = (it: string) => ({
  malformed: vendor(`${it} is no signed JSON Web Token.`),
  encrypted: vendor(`${it} is encrypted. Switch that off for the client.`),
  alg: vendor(`${it} is signed with {found}; {expected} is wanted. Change it for the client.`),
  extension: vendor(`${it} has a critical extension, which we do not know.`),
  key_unknown: vendor(`The keys of the issuer have none for the key id {found}. ${it} names it.`),
  key_ambiguous: vendor(`${it} names no key, and several of the issuer would do.`),
  key_unusable: vendor(`${it} has a key that cannot be used: it is too short, or malformed.`),
  signature: vendor(`${it} is not signed with the key of the issuer.`),
  claim_missing: vendor(`${it} has no {claim}.`),
  claim_malformed: vendor(`${it} says {claim} with a value that it cannot have.`),
  iss: vendor(`${it} says iss {found}, the issuer is {expected}.`),
  aud: vendor(
    `${it} says aud {found}, OIDC_CLIENT_ID is {expected}: it alone, or with an azp that names it.`,
  ),
  expired: vendor(`${it} expired {seconds} seconds ago. ${CLOCKS}`),
  not_yet_valid: vendor(`${it} is valid only in {seconds} seconds. ${CLOCKS}`),
})

type Signed<P extends string> = { [K in keyof ReturnType<typeof signed> as `${P}_${K}`]: Failure }

const signedRows = <P extends string>(prefix: P, it: string): Signed<P> =>
  Object.fromEntries(Object.entries(signed(it)).map(([code, row]) => [`${prefix}_${code}`, row])) as Signed<P>

/** The nonce follows the code, which anybody can send. */
const idToken = {
  ...signedRows('id_token', 'The ID token'),
  id_token_azp: vendor('The ID token says azp {found}, OIDC_CLIENT_ID is {expected}.'),
  id_token_too_old: vendor(`The ID token was made {seconds} seconds ago. ${CLOCKS}`),
  id_token_from_future: vendor(`The ID token was made {seconds} seconds in the future. ${CLOCKS}`),
  id_token_nonce: anybody('The ID token belongs to another login than the one that this browser began.'),
  id_token_nonce_missing: anybody(
    'The ID token has no nonce. The provider must repeat the one that it was given.',
  ),
  id_token_for_other_access_token: vendor('The at_hash of the ID token is not that of the access token.'),
}

/** The service asks for it itself. */
const userinfo = {
  ...signedRows('userinfo', 'Userinfo'),
  userinfo_refused: vendor(
    'The userinfo endpoint does not take the access token (status {status}). Compare OIDC_SCOPE.',
  ),
  userinfo_status: vendor('The userinfo endpoint answers with status {status}.'),
  userinfo_unreadable: vendor('Userinfo is neither a JSON object nor a signed token.'),
  userinfo_of_other_user: vendor('Userinfo is about another user (sub) than the ID token.'),
}

/** What is wrong with a hand-over. Only one with a right signature and our nonce was surely made for this login. */
const handoff = {
  token_missing: anybody('The browser brought no token, several, or one of more than 8 KiB.'),
  token_malformed: anybody('The token is no signed JSON Web Token.'),
  token_alg: anybody('The token is signed with {found}; {expected} is wanted.'),
  token_extension: anybody('The token has a critical extension, which we do not know.'),
  token_names_its_key: anybody('The token brings its own key along (jwk, jku, x5c or x5u). Leave that out.'),
  token_key_unknown: anybody('HANDOFF_JWKS_URL has no key for the key id {found} of the token.'),
  token_key_ambiguous: anybody('The token names no key, and several of HANDOFF_JWKS_URL would do.'),
  token_key_unusable: anybody('The key of the token cannot be used: it is too short, or malformed.'),
  token_signature: anybody(
    'The signature is not that of HANDOFF_SECRET (or HANDOFF_SECRET_PREVIOUS), or of the key in HANDOFF_JWKS_URL. Compare them.',
  ),
  token_nonce_missing: anybody(
    'The token has no nonce. It must repeat the request of the address that the browser came by.',
  ),
  token_for_other_request: anybody('The nonce of the token is not the request of the login under way.'),
  token_used_before: anybody('The token was used before. Each needs a jti of its own.'),
  token_expired: anybody(`The token expired {seconds} seconds ago. ${CLOCKS}`),
  token_too_old: anybody(`The token was made {seconds} seconds ago, and 120 are allowed. ${CLOCKS}`),
  token_not_yet_valid: vendor(`The token is valid only in {seconds} seconds. ${CLOCKS}`),
  token_from_future: vendor(`The token was made {seconds} seconds in the future. ${CLOCKS}`),
  token_lives_too_long: vendor(
    'The token lives {found} seconds, from iat to exp, and {expected} are allowed.',
  ),
  token_iss: vendor('The token says iss {found}, HANDOFF_ISSUER is {expected}.'),
  token_aud: vendor('The token says aud {found}, PUBLIC_URL is {expected}.'),
  token_claim_missing: vendor('The token has no {claim}.'),
  token_claim_malformed: vendor('The {claim} of the token is of a wrong type.'),
  token_id_unusable: vendor('The jti of the token must be a text of 1 to 200 characters.'),
}

/** What is wrong with the user that a good answer tells. */
const user = {
  user_id_unusable: vendor('The claim {claim}, which identifies the user, cannot be used: {why}.'),
  account_id_unusable: vendor('The claim {claim}, which identifies the CRM account, cannot be used: {why}.'),
  account_name_unusable: vendor('The claim {claim}, the name of the CRM account, cannot be used: {why}.'),
  tenant_not_allowed: role('The tenant (tid) {found} is not in OIDC_ALLOWED_TENANTS.'),
  role_not_allowed: role('None of the roles in the claim {claim} may connect.'),
  role_missing: role(
    'The login tells no role in the claim {claim}, and only some roles may connect: have your CRM send it.',
  ),
  unexpected: us('The service itself failed, with the error {found}. Report it with the log line.'),
}

const table = { ...issuer, ...peer, ...answer, ...token, ...idToken, ...userinfo, ...handoff, ...user }

export type FailureCode = keyof typeof table

export const FAILURES: Readonly<Record<FailureCode, Failure>> = table
