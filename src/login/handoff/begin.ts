import { newTag } from '../attempt-tag.ts'
import { callbackUrl } from '../callback-url.ts'
import type { LoginRound, LoginStart } from '../port.ts'
import type { HandoffParts } from './parts.ts'

/** Sends the browser to the CRM's login page. The token that comes back must carry `request` as its nonce. */
export function begin(round: LoginRound, { settings, deps }: HandoffParts): LoginStart {
  const request = newTag(round.attemptId, deps.random)
  const location = new URL(settings.HANDOFF_LOGIN_URL)
  location.searchParams.set('request', request)
  location.searchParams.set('return_to', callbackUrl(deps.publicUrl).href)
  if (round.again) location.searchParams.set('prompt', 'login')
  return { kind: 'redirect', location, remember: request }
}
