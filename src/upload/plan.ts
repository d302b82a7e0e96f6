import type { UploadKind } from '../store/port.ts'
import { sendPipelines } from './steps/send-pipelines.ts'
import { sendRows } from './steps/send-rows.ts'
import { setAddress } from './steps/set-address.ts'
import type { StepWork } from './turn.ts'

export interface PlanRow {
  kind: UploadKind
  work: StepWork
}

/** Contacts and deals refer to users, deals to contacts; webhooks begin when everything that they name is there. */
const PLAN: readonly PlanRow[] = [
  { kind: 'users', work: sendRows('users') },
  { kind: 'pipelines', work: sendPipelines },
  { kind: 'contacts', work: sendRows('contacts') },
  { kind: 'deals', work: sendRows('deals') },
  { kind: 'webhooks', work: setAddress },
]

/** Null for what the settings do not name. */
export interface PlanTerms {
  source: object | null
  webhooksUrl: URL | null
}

/** The steps that make sense with these settings. */
export const planOf = ({ source, webhooksUrl }: PlanTerms): readonly PlanRow[] =>
  PLAN.filter(({ kind }) => (kind === 'webhooks' ? webhooksUrl !== null : source !== null))
