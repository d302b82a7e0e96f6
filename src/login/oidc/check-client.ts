import type { ServerMetadata } from 'openid-client'
import { z } from 'zod'
import { createBoundedFetch } from '../bounded-fetch.ts'
import { callbackUrl } from '../callback-url.ts'
import type { LoginCheck } from '../port.ts'
import { probe, type Probed } from '../probe.ts'
import { chooseClientAuth, clientAuthOf, type ClientAuthChoice } from './client-auth.ts'
import type { OidcParts } from './parts.ts'

type Method = ClientAuthChoice['method']

const part = 'client'

const DECIDED_BY: Record<ClientAuthChoice['decidedBy'], string> = {
  setting: 'as OIDC_CLIENT_AUTH says',
  issuer: 'as the provider announces',
  standard: "the standard's way, as the provider announces none",
}

const COMPARE =
  'Compare OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and the redirect address with the client at the provider, and see which way of client authentication it is registered for.'
const LOG_IN = 'Log in once yourself: the event connect.callback of the log says what was refused.'

/**
 * Brings a made-up code to the token endpoint. A provider that looks at the client first refuses our code, and any
 * other secret; some look at the code first, and some refuse it in words for clients. So a made-up secret is tried, too.
 * `isKnown`: the authorization endpoint knows the client's id.
 *
 * Providers may count refused authentications: a client that is set up rightly sees one, of the made-up secret. One that is
 * not sees three at the most: our secret, the made-up one unless our refusal was `invalid_client`, and ours by the other way.
 */
export async function checkClient(
  metadata: ServerMetadata,
  parts: OidcParts,
  isKnown: boolean,
): Promise<LoginCheck> {
  const { method, decidedBy } = chooseClientAuth(metadata, parts.settings)
  const way = `${method} (${DECIDED_BY[decidedBy]})`
  const secret = parts.settings.OIDC_CLIENT_SECRET.reveal()
  const ours = await bringCode(metadata, parts, { method, secret })
  if (ours.kind === 'silent') {
    return {
      ...{ part, status: 'failure', says: `the token endpoint gives no answer (${ours.why})` },
      next: 'Let this machine reach the token_endpoint of OIDC_ISSUER + /.well-known/openid-configuration.',
    }
  }
  if (wordIn(ours) !== NOT_THIS_CLIENT) {
    const another = await bringCode(metadata, parts, { method, secret: parts.deps.random(32) })
    if (another.kind === 'answer' && isTold(ours, another)) {
      const says = `the provider knows the client, and takes its secret by ${way}`
      return { part, status: 'pass', says, next: null }
    }
  }
  if (verdictOn(ours) === 'refused') {
    return refused({ ours, way, isKnown, other: await takesOther(metadata, parts, method) })
  }
  return {
    ...{ part, status: 'warning', next: LOG_IN },
    says: `the client shows its secret by ${way}; the answer to a made-up code does not say whether that is right (${saidBy(ours)})`,
  }
}

interface Refused {
  ours: Answer
  way: string
  isKnown: boolean
  other: Method | null
}

function refused({ ours, way, isKnown, other }: Refused): LoginCheck {
  const says = `the provider refuses the client, by ${way}: ${saidBy(ours)}`
  if (other !== null) {
    const setting = other === 'client_secret_post' ? 'post' : 'basic'
    return {
      ...{ part, status: 'failure', says: `${says}; it takes ${other}` },
      next: `Set OIDC_CLIENT_AUTH=${setting}.`,
    }
  }
  if (!isAboutClient(ours)) {
    return {
      ...{ part, status: 'warning', next: `${COMPARE} ${LOG_IN}` },
      says: `the provider refuses the client or only the made-up code, by ${way}: ${saidBy(ours)}; a made-up secret does not show which`,
    }
  }
  return {
    ...{ part, status: 'failure', says },
    next: isKnown
      ? 'It knows OIDC_CLIENT_ID, so compare OIDC_CLIENT_SECRET with the client at the provider, and see which way of client authentication it is registered for.'
      : COMPARE,
  }
}

/** The other way, if the provider takes the secret by that one. */
async function takesOther(metadata: ServerMetadata, parts: OidcParts, tried: Method): Promise<Method | null> {
  const other = tried === 'client_secret_post' ? 'client_secret_basic' : 'client_secret_post'
  const secret = parts.settings.OIDC_CLIENT_SECRET.reveal()
  const answer = await bringCode(metadata, parts, { method: other, secret })
  return answer.kind === 'answer' && verdictOn(answer) === 'known' ? other : null
}

async function bringCode(
  metadata: ServerMetadata,
  { settings, deps }: OidcParts,
  { method, secret }: { method: Method; secret: string },
): Promise<Probed> {
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  })
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: deps.random(32),
    redirect_uri: callbackUrl(deps.publicUrl).href,
    code_verifier: deps.random(32),
  })
  clientAuthOf(method, secret)(metadata, { client_id: settings.OIDC_CLIENT_ID }, body, headers)
  const bounded = createBoundedFetch(deps)
  try {
    const url = String(metadata.token_endpoint)
    return await probe(() => bounded.fetch(url, { method: 'POST', headers, body }))
  } finally {
    await bounded.close()
  }
}

type Answer = Pick<Extract<Probed, { kind: 'answer' }>, 'status' | 'text'>

const Refusal = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) })

/** Words about the code: the client was looked at before. The second is Glewlwyd's. */
const KNOWN: readonly (string | null)[] = ['invalid_grant', 'invalid_code']

/** The only word that can be about nothing but the client. */
const NOT_THIS_CLIENT = 'invalid_client'

const REFUSED: readonly (string | null)[] = [NOT_THIS_CLIENT, 'unauthorized_client']

/**
 * What the answer to a made-up code proves about the client (RFC 6749, 5.2). The word counts more than the status:
 * providers answer `invalid_grant` with 400, 401, 403 and 404, and `invalid_client` with 400, 401 and 403.
 */
export function verdictOn(answer: Answer): 'known' | 'refused' | 'unproved' {
  const word = wordIn(answer)
  if (KNOWN.includes(word)) return 'known'
  return REFUSED.includes(word) || answer.status === 401 ? 'refused' : 'unproved'
}

/**
 * Whether a refusal that a made-up secret gets as well is about the client. Keycloak says `unauthorized_client` with 401, and
 * Glewlwyd with 403, where others say `invalid_client`; with 400 it may be about the code or the redirect address.
 */
const isAboutClient = (ours: Answer): boolean =>
  wordIn(ours) === NOT_THIS_CLIENT || (wordIn(ours) === 'unauthorized_client' && ours.status !== 400)

/** Whether the provider tells our secret from a made-up one: our answer is then about the code, whatever it says. */
function isTold(ours: Answer, another: Answer): boolean {
  if (saidBy(ours) === saidBy(another)) return false
  const verdict = verdictOn(another)
  // An outage, or too many questions, says nothing about the secret.
  const isPassing = another.status === 429 || another.status >= 500
  return verdict === 'refused' || (verdict === 'unproved' && verdictOn(ours) === 'known' && !isPassing)
}

function wordIn({ text }: Answer): string | null {
  try {
    return Refusal.safeParse(JSON.parse(text)).data?.error ?? null
  } catch {
    return null
  }
}

function saidBy(answer: Answer): string {
  const word = wordIn(answer)
  return word === null ? `status ${answer.status}` : `status ${answer.status}, ${word}`
}
