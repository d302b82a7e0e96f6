import type { SettingsSource } from '../../config/text-value.ts'
import type { Settings } from '../../settings.ts'
import type { Clock, Monotonic } from '../../shared/clock.ts'
import type { Inspection } from '../../store/inspection.ts'
import type { Ask, Asked } from './ask.ts'

/** What came of a check. `skip`: it was not made, and nothing is known. */
export type Status = 'pass' | 'warning' | 'failure' | 'skip'

/** One line: what was found, and what to do next where something is to be done. */
export interface Finding {
  status: Status
  says: string
  next: string | null
  /** What it is known by, for scripts: of a check that finds several things. */
  code?: string
}

/** One of several lines of a check; `part` goes behind its name and title, unless it is null. */
export interface Part extends Finding {
  part: string | null
}

/** What the checks work with. Answers that several of them look at are asked for once. */
export interface CheckContext {
  settings: Settings
  source: SettingsSource
  /** The CRM account of `--account`. */
  account: string | null
  /** The host of `--tenant-host`. */
  tenantHost: string | null
  /** The files of `--access-log`. */
  accessLogs: readonly string[]
  /** For how long an answer must be allowed to take, in milliseconds; null with `--quick`. */
  slowest: number | null
  ask: Ask
  clock: Clock
  /** Durations are taken by it: the clock may be set meanwhile. */
  monotonic: Monotonic
  inspection: () => Promise<Inspection>
  /** `GET PUBLIC_URL/wauth`, without a state. */
  home: () => Promise<Asked>
  /** `GET PUBLIC_URL/wauth` with a made-up state of WAZZUP_CRM_CODE: it opens an attempt, which ends by itself. `cookie`: as who came so before. */
  visit: (cookie?: string) => Promise<Asked>
  /** `GET /v3/channels` of Wazzup, without a key. */
  wazzup: () => Promise<Asked>
}

/** One thing that goes wrong on the first day. */
export interface Check<Found extends Finding | Part[] = Finding | Part[]> {
  /** Stable, for scripts. */
  name: string
  /** At the beginning of the line. */
  title: string
  /** Whether it needs more than this machine; such checks are left out by `--offline`. */
  network: boolean
  run(context: CheckContext): Promise<Found> | Found
}

export const pass = (says: string): Finding => ({ status: 'pass', says, next: null })
export const skip = (says: string): Finding => ({ status: 'skip', says, next: null })
export const warning = (says: string, next: string): Finding => ({ status: 'warning', says, next })
export const failure = (says: string, next: string): Finding => ({ status: 'failure', says, next })
