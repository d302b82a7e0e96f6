import { seconds } from '../shared/clock.ts'
import { needsAnotherKey } from '../crypto/sealer.ts'
import { noteHealth } from '../keys/health.ts'
import { openApiKey } from '../keys/open-api-key.ts'
import { StoreUnavailable } from '../store/errors.ts'
import type { ClaimedUpload, UploadKind, UploadRelease, UploadTrouble } from '../store/port.ts'
import type { UploadDeps } from './deps.ts'
import { GIVE_UP_AFTER, LEAST_TRIES } from './give-up.ts'
import { pauseAfter } from './pause.ts'
import { planOf, type PlanRow } from './plan.ts'
import { resultOf } from './result-of.ts'
import { TURN_OVER, type Stop } from './stop.ts'
import { isEnded, waitingStep } from './progress.ts'
import {
  beginTurn,
  failed,
  GONE,
  LEASE,
  NO_TROUBLE,
  stopped,
  type Step,
  type StepEnd,
  type Turn,
} from './turn.ts'

/** An error that nobody has foreseen: the log has it. */
const UNFORESEEN = 'unforeseen_error'

/** How long an upload waits that this process has no key for: another replica takes it then. */
const LEFT_ALONE = seconds(10)

/**
 * Takes the upload that has waited the longest and works on it for a while, from where it stands to the end of its plan
 * or of its turn.
 * @returns whether there was one; the caller then asks again at once. Milliseconds when nothing is let through to Wazzup for
 *   so long
 */
export async function uploadOne(deps: UploadDeps): Promise<boolean | number> {
  const began = deps.monotonic()
  const claim = await deps.store.uploads.claimDue({ runner: deps.random(16), lease: LEASE })
  if (!claim) return false
  const apiKey = await openOrLetGo(claim, deps)
  if (apiKey === null) return true
  const turn = beginTurn(claim, apiKey, { ...deps, began })
  const worked = await workOn(turn, deps)
  if (worked.kind === 'through') {
    await conclude(claim, worked.steps, deps)
    return true
  }
  const { stop } = worked
  await letGo(turn, stop, deps)
  return (stop.kind === 'later' && stop.heldBack) || true
}

/** Null when the upload has been let go: another replica may open its apiKey, or nobody can. */
async function openOrLetGo(claim: ClaimedUpload, { store, log }: UploadDeps): Promise<string | null> {
  try {
    const apiKey = openApiKey(claim.key, log)
    if (apiKey === null) await store.uploads.release(claim, ended('failed', 'no_api_key'))
    return apiKey
  } catch (err) {
    if (!needsAnotherKey(err)) throw err
    const { crmAccountId, connectionId } = claim.key
    log.error({ event: 'upload.left_alone', crmAccountId, connectionId, err })
    await store.uploads.release(claim, goesOn(err.code, LEFT_ALONE, claim.trouble))
    return null
  }
}

type Worked = { kind: 'through'; steps: Step[] } | { kind: 'stopped'; stop: Stop }

async function workOn(turn: Turn, deps: UploadDeps): Promise<Worked> {
  const known = new Map(turn.claim.steps.map((step) => [step.kind, step]))
  const plan = planOf(deps)
  if (known.size === 0) {
    // Written down at once: a reader sees the whole plan, and it stays as it is when settings change.
    for (const { kind } of plan) known.set(kind, newStep(kind))
    if (!(await turn.plan([...known.values()]))) return GONE
  }
  for (const row of plan) {
    const { kind } = row
    const step = known.get(kind)
    if (!step || isEnded(step)) continue
    const begun: Step = { ...step, status: 'running' }
    if (step.status === 'waiting' && !(await turn.commit(begun))) return GONE
    const end = await attempted(row, { turn, begun }, deps)
    if (end.kind === 'stopped') return end
    known.set(kind, end.step)
    logStep(turn.claim, end.step, deps)
  }
  return { kind: 'through', steps: [...known.values()] }
}

/** Whatever else a step throws is trouble of that step: others go on, and it ends as all trouble does. */
async function attempted(
  { kind, work }: PlanRow,
  { turn, begun }: { turn: Turn; begun: Step },
  deps: UploadDeps,
): Promise<StepEnd> {
  try {
    return await work(turn, begun, deps)
  } catch (err) {
    if (err instanceof StoreUnavailable) throw err
    const { crmAccountId, connectionId } = turn.claim.key
    deps.log.error({ event: 'upload.step_failed', crmAccountId, connectionId, kind, err })
    return stopped({ kind: 'later', code: UNFORESEEN, status: null, wait: null, tried: true })
  }
}

const newStep = (kind: UploadKind): Step => ({
  ...waitingStep(kind),
  ...{ cursor: null, rowOnPage: 0, lastRow: null, pages: 0, landmark: null },
})

const ended = (status: UploadRelease['status'], reason: string | null): UploadRelease => ({
  ...{ status, reason, wait: null, trouble: NO_TROUBLE },
})

async function conclude({ key, runner }: ClaimedUpload, steps: readonly Step[], { store, log }: UploadDeps) {
  const { status, reason } = resultOf(steps)
  await store.uploads.release({ key, runner }, ended(status, reason))
  const { crmAccountId, connectionId } = key
  log[status === 'failed' ? 'warn' : 'info']({
    event: 'upload.ended',
    crmAccountId,
    connectionId,
    status,
    reason,
  })
}

async function letGo(turn: Turn, stop: Stop, deps: UploadDeps) {
  const { claim } = turn
  const { store, log, jitter } = deps
  const { crmAccountId, connectionId } = claim.key
  if (stop.kind === 'gone') return
  if (stop.kind === 'key_refused') {
    if (!(await turn.mayGoOn())) return
    // The store ends the upload with that, whichever of the two was refused first.
    await noteHealth(claim.key, 'invalid', deps)
    log.warn({ event: 'upload.ended', crmAccountId, connectionId, status: 'failed', reason: 'key_refused' })
    return
  }
  const { code, status, tried, hint } = stop
  const { tries: before, spent: longer } = turn.trouble()
  if (stop === TURN_OVER) {
    // Nothing may have been written down in it: then the trouble goes on.
    const spent = before === 0 ? 0 : longer + Math.round(turn.lasted())
    await store.uploads.release(claim, goesOn(null, 0, { tries: before, spent }))
    return
  }
  const tries = before + (tried ? 1 : 0)
  const spent = longer + (tried ? Math.round(turn.lasted()) : 0)
  if (tried && tries >= LEAST_TRIES && spent >= GIVE_UP_AFTER) {
    await giveUp(turn, code, deps)
    return
  }
  const { pause, wait } = pauseAfter(stop, { tries, jitter })
  await store.uploads.release(claim, goesOn(code, wait, { tries, spent: spent + pause }))
  log.info({
    ...{ event: 'upload.waits', crmAccountId, connectionId, code, status, tries, spent, wait },
    ...(hint !== undefined && { hint }),
  })
}

const goesOn = (reason: string | null, wait: number, trouble: UploadTrouble): UploadRelease => ({
  ...{ status: 'running', reason, wait, trouble },
})

/**
 * The step that could not go on ends here; those after it may do better, and have their own turn. Trouble that is older
 * than the turn means that nothing was written down in it: the step stands as it was claimed.
 */
async function giveUp({ claim, commit }: Turn, code: string, deps: UploadDeps) {
  const { store } = deps
  const step = claim.steps.find(({ status }) => status === 'running')
  if (step) {
    const end = failed(step, code)
    if (!(await commit(end))) return
    logStep(claim, end, deps)
  }
  await store.uploads.release(claim, goesOn(null, 0, NO_TROUBLE))
}

function logStep({ key }: ClaimedUpload, step: Step, { log, meter }: UploadDeps) {
  meter.ended(step.kind, step.status)
  const { kind, status, reason, read, sent, rejected } = step
  const { crmAccountId, connectionId } = key
  const level = status === 'failed' ? 'warn' : 'info'
  log[level]({ event: 'upload.step', crmAccountId, connectionId, kind, status, reason, read, sent, rejected })
}
