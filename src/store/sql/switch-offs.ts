import { minutes } from '../../shared/clock.ts'
import type { Lease, SwitchOff, SwitchOffCause, SwitchOffStore } from '../port.ts'
import { toSwitchOff, TRIED_FOR, type SwitchOffRow } from '../switch-off.ts'
import { LEASES } from './lease.ts'
import { all, one, read, run, single, sql, type Run, type Steps } from './operation.ts'

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
  SELECT generations.id, wazzup_account, @apiKey, @cause, 0, {now}, {now} + @triedFor
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE generations.id = @generationId
    AND (wazzup_account IS NOT NULL OR generations.status = 'ended' AND connections.status IN ('disconnected', 'new'))
  ${ONCE}`)

/** The worker on the upload of a generation that ends may be registering the address this moment. */
const IS_UPLOADING = `EXISTS (
      SELECT 1 FROM uploads WHERE generation_id = ended.id AND uploads.runner IS NOT NULL AND NOT ${LEASES.upload.free})`

/**
 * Older keys are those of other Wazzup accounts, which were to be switched off later: no crmKey of theirs resolves any more.
 * They, and what nobody has taken, are due at once.
 */
const QUEUE_ENDED = sql(`
  INSERT INTO switch_offs (generation_id, wazzup_account_id, api_key_sealed, cause, tries, runner, due_at, give_up_at)
  SELECT id, wazzup_account, coalesce(api_key_sealed, kept_key_sealed),
    CASE status WHEN 'previous' THEN 'moved' ELSE 'disconnected' END,
    CASE WHEN status = 'previous' OR ${IS_UPLOADING} THEN 0 ELSE 1 END,
    CASE status WHEN 'previous' THEN NULL ELSE CAST(@runner AS text) END,
    {now} + CASE status WHEN 'previous' THEN 0 ELSE CAST(@lease AS bigint) END,
    {now} + @triedFor
  FROM generations AS ended
  WHERE connection_id = @connectionId AND coalesce(api_key_sealed, kept_key_sealed) IS NOT NULL
    AND (status <> 'previous' OR wazzup_account IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM generations AS newest WHERE newest.connection_id = ended.connection_id
        AND newest.status = 'current' AND newest.wazzup_account = ended.wazzup_account))
  ON CONFLICT (generation_id) DO UPDATE
    SET runner = excluded.runner, due_at = excluded.due_at, give_up_at = excluded.give_up_at`)

interface Wanted {
  cause: SwitchOffCause
  /** Milliseconds until it is due. */
  wait: number
}

/** Has the webhooks of these generations switched off, each with its own apiKey. To be asked before the keys are erased. */
export function* queueSwitchOffs(ids: readonly string[], { cause, wait }: Wanted): Steps<void> {
  if (ids.length > 0) yield* run(QUEUE, { ids, cause, wait, triedFor: TRIED_FOR })
}

/** The same with an apiKey that came too late to be kept, perhaps as an operator has disconnected meanwhile. */
export function* queueLateSwitchOff(generationId: string, apiKey: string): Steps<void> {
  yield* run(QUEUE_LATE, { generationId, apiKey, cause: 'late', triedFor: TRIED_FOR })
}

/** For all keys that a connection still has, before it ends. `taken`: those that it uses now are the taker's. */
export function* queueOfDisconnect(connectionId: string, taken: Lease | undefined): Steps<void> {
  const { runner, lease } = taken ?? { runner: null, lease: 0 }
  yield* run(QUEUE_ENDED, { connectionId, runner, lease, triedFor: TRIED_FOR })
}

/** How long a generation that was moved away from is left alone, of its `grace`: milliseconds. */
export const untilMovedOff = (grace: number): number => Math.max(0, grace - BEFORE_THE_END)

const DUE = 'due_at <= {now}'

const ANY_DUE = sql<object>(`SELECT 1 FROM switch_offs WHERE ${DUE} LIMIT 1`)

/** Claiming is one statement, so that of several replicas one has it. */
const CLAIM = sql<{ generation_id: string }>(`
  UPDATE switch_offs SET ${LEASES.switchOff.take}, tries = tries + 1
  WHERE generation_id = (
    SELECT generation_id FROM switch_offs WHERE ${DUE} ORDER BY due_at LIMIT 1 {skip locked})
  RETURNING generation_id`)

const HELD = sql<SwitchOffRow>(`
  SELECT generation_id, connection_id, crm_account_id, switch_offs.wazzup_account_id, switch_offs.api_key_sealed, cause, tries,
    CASE WHEN give_up_at <= {now} THEN 1 ELSE 0 END AS is_last, runner
  FROM switch_offs JOIN generations ON generations.id = generation_id JOIN connections ON connections.id = connection_id
  WHERE runner = @runner`)

const USERS = sql<{ crm_account_id: string }>(`
  SELECT crm_account_id FROM connections WHERE id IN (
    SELECT connection_id FROM generations WHERE status = 'current' AND wazzup_account = @wazzupAccountId
    UNION SELECT connection_id FROM generations WHERE status = 'current' AND api_key_hash = @apiKeyHash)`)

const END = sql(`DELETE FROM switch_offs WHERE ${LEASES.switchOff.mine}`)

const POSTPONE = sql(`
  UPDATE switch_offs SET ${LEASES.switchOff.leave}, due_at = {now} + @wait WHERE ${LEASES.switchOff.mine}`)

const anyDue = read(function* (): Steps<boolean> {
  return (yield* one(ANY_DUE)) !== undefined
})

const claimDue = single(function* (lease: Lease): Steps<SwitchOff | null> {
  const claimed = yield* one(CLAIM, lease)
  const held = claimed && (yield* all(HELD, lease))
  const row = held?.find(({ generation_id }) => generation_id === claimed?.generation_id)
  return row ? toSwitchOff(row) : null
})

const heldBy = read(function* (runner: string): Steps<SwitchOff[]> {
  return (yield* all(HELD, { runner })).map(toSwitchOff)
})

const usersOf = read(function* (wazzupAccountId: string | null, apiKeyHash: string): Steps<string[]> {
  return (yield* all(USERS, { wazzupAccountId, apiKeyHash })).map(({ crm_account_id }) => crm_account_id)
})

const fence = ({ generationId, runner }: SwitchOff) => ({ row: generationId, runner })

const end = single(function* (taken: SwitchOff): Steps<boolean> {
  return (yield* run(END, fence(taken))) === 1
})

const postpone = single(function* (taken: SwitchOff, wait: number): Steps<boolean> {
  return (yield* run(POSTPONE, { ...fence(taken), wait })) === 1
})

export const switchOffs = (run: Run): SwitchOffStore => ({
  // Most of the time there is none: looking waits for nobody.
  claimDue: async (lease) => ((await run(anyDue)) ? run(claimDue, lease) : null),
  heldBy: (runner) => run(heldBy, runner),
  usersOf: (wazzupAccountId, apiKeyHash) => run(usersOf, wazzupAccountId, apiKeyHash),
  end: (taken) => run(end, taken),
  postpone: (taken, wait) => run(postpone, taken, wait),
})
