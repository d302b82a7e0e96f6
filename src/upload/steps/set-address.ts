import type { UploadDeps } from '../deps.ts'
import { ALL_SUBSCRIPTIONS, differenceTo, NOT_VERIFIED, showsSwitches } from '../address.ts'
import { openCrmKey } from '../../keys/open-api-key.ts'
import { stopAfter } from '../stop.ts'
import {
  endStep,
  failed,
  finished,
  GONE,
  stopped,
  type Step,
  type StepEnd,
  type StepWork,
  type Turn,
} from '../turn.ts'
import { hours } from '../../shared/clock.ts'
import type { CallOutcome } from '../../wazzup/authorized-call.ts'

/** A new name takes a while until everybody can find it: refusals that are waited out, over about a minute. */
const MOST_REFUSALS = 6

/** Each further reading costs another registration, of which the handler gets a trial. */
const MOST_READS = 3

/**
 * Whether a change may carry the crmKey is one fact about Wazzup's API (fact sheet, question 48), which one customer's refusal
 * shows to all; a day later it is tried again.
 */
const NO_KEY_TAKEN = 'wazzup_webhooks_refuse_crm_key'
const NO_KEY_FOR = hours(24)

/** Registers the webhooks address, and reads back whether Wazzup has kept it. */
export const setAddress: StepWork = async (turn, step, deps) => {
  const { webhooks, webhooksUrl } = deps
  if (!webhooksUrl) return endStep(turn, failed(step, 'no_address'))
  if (!(await turn.mayGoOn())) return GONE
  const crmKey = await crmKeyToSend(turn, deps)
  const settings = { address: webhooksUrl.href, subscriptions: ALL_SUBSCRIPTIONS, crmKey }
  const changed = await webhooks.change(turn.apiKey, settings, { mayGoOn: turn.mayGoOn })
  if (changed.refusedKey) await noteRefusal(turn, deps)
  // It takes long. A disconnect meanwhile has its webhooks switched off once more, when this is over.
  if (!(await turn.mayGoOn())) return GONE
  if (changed.kind === 'refused') return refused(turn, { step, code: changed.code })
  if (changed.kind !== 'done') return hindered(turn, { step, outcome: changed })
  return verify(turn, { step, webhooksUrl }, deps)
}

/** Of the generation that is current under the claim. Null where there is none to send, or Wazzup takes none. */
async function crmKeyToSend(turn: Turn, { store, log }: UploadDeps): Promise<string | null> {
  const { key } = turn.claim
  const crmKey = openCrmKey(key, log)
  return crmKey !== null && (await store.notes.has(NO_KEY_TAKEN)) ? null : crmKey
}

async function noteRefusal({ claim: { key } }: Turn, { store, log }: UploadDeps) {
  await store.notes.keep(NO_KEY_TAKEN, NO_KEY_FOR)
  const { crmAccountId, connectionId } = key
  log.info({ event: 'upload.crm_key_not_taken', crmAccountId, connectionId })
}

/** Wazzup has taken the address: only an answer that shows another one, or a switch that is off, speaks against it. */
async function verify(
  turn: Turn,
  { step, webhooksUrl }: { step: Step; webhooksUrl: URL },
  deps: UploadDeps,
): Promise<StepEnd> {
  const seen = await deps.webhooks.read(turn.apiKey)
  if (seen.kind === 'key_refused' || seen.kind === 'rate_limited') return stopped(stopAfter(seen))
  if (seen.kind === 'unavailable' && comesLater(seen) && turn.trouble().tries + 1 < MOST_READS)
    return stopped(stopAfter(seen))
  if (seen.kind === 'read' && differenceTo(webhooksUrl, seen.settings) !== null)
    return endStep(turn, failed(step, 'address_not_kept'))
  const done = finished({ ...step, read: 1, sent: 1, total: 1 })
  if (seen.kind === 'read' && showsSwitches(seen.settings)) return endStep(turn, done)
  const { crmAccountId, connectionId } = turn.claim.key
  const status = seen.kind === 'read' ? 200 : seen.status
  deps.log.info({
    ...{ event: 'upload.address_not_verified', crmAccountId, connectionId, outcome: seen.kind, status },
    hint: 'Wazzup has taken the address; its answer to GET /v3/webhooks could not be read. The daily comparison tries again.',
  })
  return endStep(turn, { ...done, reason: NOT_VERIFIED })
}

/** An answer of 2xx that is none of Wazzup's will hardly be another the next time. */
const comesLater = ({ status }: { status: number | null }) => status === null || status >= 300

/** Wazzup has tried the address and was not answered 200, or could not find it, or does not like it. */
function refused(turn: Turn, { step, code }: { step: Step; code: string | null }) {
  const wait = { kind: 'later', code: 'address_refused', status: 400, wait: null, tried: true } as const
  if (code !== 'URI_NOT_VALID' && turn.trouble().tries + 1 < MOST_REFUSALS) return stopped(wait)
  return endStep(turn, failed(step, code === 'URI_NOT_VALID' ? 'address_not_valid' : 'address_refused'))
}

function hindered(
  turn: Turn,
  { step, outcome }: { step: Step; outcome: Exclude<CallOutcome, { kind: 'done' | 'refused' }> },
): Promise<StepEnd> | StepEnd {
  return outcome.kind === 'forbidden' ? endStep(turn, failed(step, 'not_open')) : stopped(stopAfter(outcome))
}
