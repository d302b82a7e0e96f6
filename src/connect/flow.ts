import { arrive } from './steps/arrive.ts'
import { askAgain } from './steps/ask-again.ts'
import { askForConfirmation } from './steps/ask-for-confirmation.ts'
import { awaitAnswer } from './steps/await-answer.ts'
import { callWazzup } from './steps/call-wazzup.ts'
import { cancel } from './steps/cancel.ts'
import { checkAnswer } from './steps/check-answer.ts'
import { checkAware } from './steps/check-aware.ts'
import { checkForm } from './steps/check-form.ts'
import { checkRole } from './steps/check-role.ts'
import { claimExchange } from './steps/claim-exchange.ts'
import { openAttempt } from './steps/open-attempt.ts'
import { parkAnswer } from './steps/park-answer.ts'
import { readAnswer } from './steps/read-answer.ts'
import { readResult } from './steps/read-result.ts'
import { recogniseBrowser } from './steps/recognise-browser.ts'
import { resumeAttempt } from './steps/resume-attempt.ts'
import { sendToLogin } from './steps/send-to-login.ts'
import { showWhereItStands } from './steps/show-where-it-stands.ts'
import { takeAnswer } from './steps/take-answer.ts'
import type { Step } from './visit.ts'

/**
 * The connect flow. A row is one request of the browser; its steps run in order until one has an outcome.
 * `strayed`: a form that does not come as one from our own pages does. Only `confirm`, which nothing but a person's POST
 * reaches, leads to Wazzup.
 */
export const flow = {
  arrive: [arrive, resumeAttempt, openAttempt],
  attempt: [recogniseBrowser, awaitAnswer, showWhereItStands, sendToLogin],
  park: [parkAnswer],
  callback: [readAnswer, recogniseBrowser, takeAnswer, checkAnswer],
  review: [recogniseBrowser, askForConfirmation],
  confirm: [recogniseBrowser, checkForm, checkAware, checkRole, claimExchange, callWazzup],
  cancel: [recogniseBrowser, checkForm, cancel],
  strayed: [recogniseBrowser, checkForm, askAgain],
  result: [recogniseBrowser, readResult],
} as const satisfies Record<string, readonly Step[]>

export type Row = keyof typeof flow
