import { hours, minutes } from '../../shared/clock.ts'
import type { SwitchOffCause } from '../port.ts'
import { run, sql, type Steps } from './operation.ts'

/** For so long it is tried; then the key is erased. */
const TRIED_FOR = hours(24)

/** So long before its grace ends, while its crmKey still resolves: handlers then know what still comes. */
const BEFORE_THE_END = minutes(10)

/** Of a Wazzup account that nobody knows, only an operator's word is enough: its webhooks may be somebody else's by now. */
const KNOWN = "(wazzup_account IS NOT NULL OR @cause = 'disconnected')"

const INTO = `
  INSERT INTO switch_offs (generation_id, wazzup_account_id, api_key_sealed, cause, tries, due_at, give_up_at)`

const ONCE = 'ON CONFLICT (generation_id) DO NOTHING'

const QUEUE = sql(`${INTO}
  SELECT id, wazzup_account, coalesce(api_key_sealed, kept_key_sealed), @cause, 0, {now} + @wait, {now} + @wait + @triedFor
  FROM generations
  WHERE id IN {each ids} AND coalesce(api_key_sealed, kept_key_sealed) IS NOT NULL AND ${KNOWN}
  ${ONCE}`)

const QUEUE_LATE = sql(`${INTO}
  SELECT id, wazzup_account, @apiKey, @cause, 0, {now}, {now} + @triedFor FROM generations WHERE id = @generationId AND ${KNOWN}
  ${ONCE}`)

interface Wanted {
  cause: SwitchOffCause
  /** Milliseconds until it is due. */
  wait: number
}

/** Has the webhooks of these generations switched off, each with its own apiKey. To be asked before the keys are erased. */
export function* queueSwitchOffs(ids: readonly string[], { cause, wait }: Wanted): Steps<void> {
  if (ids.length > 0) yield* run(QUEUE, { ids, cause, wait, triedFor: TRIED_FOR })
}

/** The same with an apiKey that came too late to be kept. */
export function* queueLateSwitchOff(generationId: string, apiKey: string): Steps<void> {
  yield* run(QUEUE_LATE, { generationId, apiKey, cause: 'late', triedFor: TRIED_FOR })
}

/** How long a generation that was moved away from is left alone, of its `grace`: milliseconds. */
export const untilMovedOff = (grace: number): number => Math.max(0, grace - BEFORE_THE_END)
