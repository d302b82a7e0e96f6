import type { Result } from '../connect/outcome.ts'
import { isExpired } from '../connect/attempt.ts'
import { toldOf } from '../connect/steps/read-result.ts'
import { meaningOf } from '../login/render-failures.ts'
import { after, type Clock } from '../shared/clock.ts'
import { readSupportId } from '../shared/support-id.ts'
import type {
  Connection,
  Exchange,
  Store,
  SupportedAttempt,
  SupportRecord,
  SupportStep,
} from '../store/port.ts'
import { RESULTS_KEPT, UNUSED_KEPT } from '../store/support.ts'
import { progressOf, shownSteps, type Planned, type UploadProgress } from '../upload/progress.ts'
import { ADVICE, type Told } from './advice.ts'
import { plain } from './plain.ts'
import { readRequestId, type RefusedRequest } from '../shared/request-id.ts'
import { uploadAdviceOf } from './upload-advice.ts'

/** What happened under a support id. Nothing of it is secret, and nothing of another customer. */
export interface SupportReport {
  supportId: string
  /** As the page says now. `refused`: a page without an attempt, about which its support id is all that is known. */
  status: Result['status'] | 'refused'
  reason: string | null
  /** Why the login did not end in a user: see `docs/login-codes.md`. */
  loginCode: string | null
  crmAccountId: string | null
  crmAccountName: string | null
  /** Told by the link, proved by nobody. */
  wazzupAccountId: string | null
  steps: SupportStep[]
  /** There were so many that only the latest are kept; or the attempt was erased, and its exchange alone tells. */
  areStepsLeftOut: boolean
  exchange: { status: Exchange['status']; reason: string | null; tries: number; generation: number } | null
  /** How the account is connected now. */
  connection: Connection['status'] | null
  upload: UploadProgress | null
  /** Until when the steps of the attempt are kept; null when they are not there. */
  keptUntil: Date | null
  advice: { about: string; cause: string; toDo: string }[]
}

interface SupportDeps {
  store: Pick<Store, 'support' | 'connections' | 'uploads'>
  plan: readonly Planned[]
  clock: Clock
}

/** Looks up a support id as somebody has written it. Null when it is none, or nothing is known under it any more. */
export async function supportReport(text: string, deps: SupportDeps): Promise<SupportReport | null> {
  const supportId = readSupportId(text)
  if (supportId === null) return null
  const refused = readRequestId(supportId, deps.clock())
  const record = await deps.store.support.find(supportId).catch((error: unknown) => {
    // The database may be what the page was about.
    if (refused) return null
    throw error
  })
  if (record) return ofRecord(supportId, record, deps)
  return refused && ofRequest(supportId, refused)
}

const NOTHING = {
  ...{
    loginCode: null,
    crmAccountId: null,
    crmAccountName: null,
    wazzupAccountId: null,
    areStepsLeftOut: false,
  },
  ...{ exchange: null, connection: null, upload: null, keptUntil: null },
}

const ofRequest = (supportId: string, { problem, at }: RefusedRequest): SupportReport => ({
  ...NOTHING,
  ...{ supportId, status: 'refused', reason: problem },
  steps: [{ at, step: 'refused', code: problem }],
  advice: [adviceOf(problem)],
})

async function ofRecord(
  supportId: string,
  { attempt, exchange, ...kept }: SupportRecord,
  { store, plan }: SupportDeps,
): Promise<SupportReport> {
  const { status, reason } = toldOf({ attempt: { ...(attempt ?? ERASED), identity: null }, exchange })
  const { crmAccountId = null, crmAccountName = null } = exchange ?? attempt?.identity ?? {}
  const steps = [...(attempt ? [openedOf(attempt)] : []), ...kept.steps, ...(attempt ? endOf(attempt) : [])]
  const upload = exchange?.upload ? await store.uploads.ofGeneration(exchange.generationId) : null
  const progress = upload && progressOf({ ...upload, steps: shownSteps(upload, plan) })
  const loginCode = loginCodeOf(steps)
  const connection = crmAccountId === null ? null : await store.connections.find(crmAccountId)
  return {
    ...{ supportId, status, reason, loginCode, crmAccountId, crmAccountName },
    wazzupAccountId: (exchange ?? attempt)?.wazzupAccountId ?? null,
    ...{ steps, areStepsLeftOut: kept.areStepsLeftOut || !attempt },
    exchange: exchange && {
      ...{ status: exchange.status, reason: exchange.reason },
      ...{ tries: exchange.tries, generation: exchange.generation },
    },
    ...{ connection: connection?.status ?? null, upload: progress },
    keptUntil: attempt && after(attempt.expiresAt, isUnused(attempt) ? UNUSED_KEPT : RESULTS_KEPT),
    advice: [
      ...[reason ?? status, ...troubleOf(steps, status)].filter(isTold).map(adviceOf),
      ...loginAdvice(loginCode),
      ...uploadAdvice(progress, crmAccountId),
    ],
  }
}

/** What is left of an attempt that had an exchange. */
const ERASED = { status: 'confirmed', reason: null, expiresIn: 0 } as const

const isUnused = ({ identity, status }: SupportedAttempt) =>
  identity === null && status !== 'failed' && status !== 'cancelled'

const openedOf = ({ createdAt }: SupportedAttempt): SupportStep => ({
  at: createdAt,
  step: 'opened',
  code: null,
})

const endOf = (attempt: SupportedAttempt): SupportStep[] =>
  isExpired(attempt) ? [{ at: attempt.expiresAt, step: 'expired', code: null }] : []

const LOGIN_ENDS: readonly string[] = [
  'login_failed',
  'login_misconfigured',
  'not_allowed',
  'login_unavailable',
  'cancelled',
]

/** Of the last login, unless it has ended in a user. */
const loginCodeOf = (steps: readonly SupportStep[]): string | null => {
  const last = steps.findLast(({ step }) => step === 'logged_in' || LOGIN_ENDS.includes(step))
  return last?.code ?? null
}

/** With one of these what had been in the way before is over. */
const WENT_ON: readonly string[] = ['sent_to_login', 'logged_in', 'confirmed', 'sent']

/** What the person has met last, where the attempt itself is still open or has run out after it. */
function troubleOf(steps: readonly SupportStep[], status: Result['status']): string[] {
  if (status !== 'pending' && status !== 'expired') return []
  const since = steps.slice(steps.findLastIndex(({ step }) => WENT_ON.includes(step)) + 1)
  const met = since.map(({ step, code }) => (step === 'asked_again' ? (code ?? step) : step))
  const trouble = met.findLast((one) => one !== 'expired' && isTold(one))
  return trouble === undefined ? [] : [trouble]
}

const isTold = (word: string): word is Told => Object.hasOwn(ADVICE, word)

const adviceOf = (about: Told) => ({
  about,
  cause: plain(ADVICE[about].cause),
  toDo: plain(ADVICE[about].toDo),
})

function loginAdvice(code: string | null): SupportReport['advice'] {
  const meaning = code === null ? null : meaningOf(code)
  return code === null || !meaning ? [] : [{ about: code, cause: meaning.says, toDo: meaning.toDo }]
}

function uploadAdvice(progress: UploadProgress | null, crmAccountId: string | null): SupportReport['advice'] {
  const reasons = [progress?.reason, ...(progress?.steps ?? []).map(({ reason }) => reason)]
  return [...new Set(reasons)].flatMap((reason) => {
    const toDo = uploadAdviceOf(reason ?? '', crmAccountId ?? '')
    return reason && toDo !== null ? [{ about: reason, cause: '', toDo: plain(toDo) }] : []
  })
}
