import { isDamaged } from '../crypto/sealer.ts'
import { noteHealth } from '../keys/health.ts'
import { hours, minutes } from '../shared/clock.ts'
import type { Claim, CurrentKey, UploadResult, UploadStep } from '../store/port.ts'
import type { SeenSubscriptions, WebhookSettings } from '../wazzup/webhooks.ts'
import { compared, NOT_VERIFIED } from './address.ts'
import type { UploadDeps } from './deps.ts'
import { resultOf } from './result-of.ts'

const INTERVAL = hours(24)

/** After no usable answer: sooner than after a good one, not so soon as to add to Wazzup's trouble. */
const TRY_AGAIN = hours(1)
const SHORTEST_PAUSE = minutes(1)

/** Far longer than the call and its commits; what a crash left behind is compared again then. */
const LEASE = minutes(2)

interface Check extends Claim {
  key: CurrentKey
  steps: UploadStep[]
}

/**
 * Compares the address that has gone uncompared the longest: another system with the same key may have put its own
 * there, and no event comes any more. It is told, not taken back: who is right is for a person to say.
 * @returns whether there was one that was due; the caller then asks again at once. Milliseconds when nothing is let through
 *   to Wazzup for so long
 */
export async function checkOneAddress(deps: UploadDeps): Promise<boolean | number> {
  const { store, webhooksUrl, random, log } = deps
  if (!webhooksUrl) return false
  const runner = random(16)
  const due = await store.uploads.claimCheck({ runner, lease: LEASE }, INTERVAL)
  if (!due) return false
  const claim = { ...due, runner }
  try {
    const { pause, isRefused, heldBack } = await check(claim, webhooksUrl, deps)
    const holds = await store.uploads.endCheck(claim, INTERVAL - pause)
    if (heldBack !== undefined) return heldBack
    // Somebody else has compared it since, and knows better.
    if (holds && isRefused) await noteHealth(due.key, 'invalid', deps)
  } catch (err) {
    // A key that does not open is somebody's mistake to find, and must not keep the others from being compared.
    const { crmAccountId, connectionId } = due.key
    log.error({ event: 'upload.address_check_failed', crmAccountId, connectionId, err })
    await store.uploads.endCheck(claim, isDamaged(err) ? 0 : INTERVAL - TRY_AGAIN)
  }
  return true
}

interface Checked {
  /** Milliseconds until the next comparison. */
  pause: number
  /** Whether Wazzup has refused the key. */
  isRefused: boolean
  heldBack?: number
}

async function check(due: Check, webhooksUrl: URL, deps: UploadDeps): Promise<Checked> {
  const { webhooks, log } = deps
  const { crmAccountId, connectionId } = due.key
  const apiKey = due.key.apiKey()
  if (apiKey === null) return { pause: INTERVAL, isRefused: false }
  const seen = await webhooks.read(apiKey)
  if (seen.kind === 'read') {
    await note(due, { settings: seen.settings, webhooksUrl }, deps)
    return { pause: INTERVAL, isRefused: false }
  }
  const heldBack = seen.kind === 'unavailable' ? seen.heldBack : undefined
  if (heldBack !== undefined) return { pause: 0, isRefused: false, heldBack }
  const { kind: outcome, status } = seen
  log.info({ event: 'upload.address_unread', crmAccountId, connectionId, outcome, status })
  return { pause: pauseAfter(seen), isRefused: seen.kind === 'key_refused' }
}

/** When the same call would fail again, the next one comes in its turn. */
function pauseAfter(outcome: { kind: string; retryAfter?: number | null }): number {
  if (!['rate_limited', 'unavailable', 'unreadable'].includes(outcome.kind)) return INTERVAL
  return Math.min(Math.max(outcome.retryAfter ?? TRY_AGAIN, SHORTEST_PAUSE), INTERVAL)
}

/** Writes down what is new about the address, of its step and of the whole upload. */
async function note(
  claim: Check,
  { settings, webhooksUrl }: { settings: WebhookSettings<SeenSubscriptions>; webhooksUrl: URL },
  { store, log }: UploadDeps,
) {
  const { key, steps } = claim
  const before = steps.find(({ kind }) => kind === 'webhooks')
  if (!before) return
  const reason = compared(before.reason, webhooksUrl, settings)
  if (reason === before.reason) return
  const step: UploadResult = { status: reason === null ? 'done' : 'failed', reason }
  const upload = resultOf(steps.map((one) => (one === before ? step : one)))
  if (!(await store.uploads.noteCheck(claim, { step, upload }))) return
  const { crmAccountId, connectionId } = key
  const good = before.reason === NOT_VERIFIED ? 'upload.address_verified' : 'upload.address_back'
  if (reason === null) log.info({ event: good, crmAccountId, connectionId })
  else log.warn({ event: 'upload.address_lost', crmAccountId, connectionId, reason, hint: TAKE_BACK })
}

const TAKE_BACK = 'To take it back: wauth upload start <crmAccountId> --webhooks-only'
