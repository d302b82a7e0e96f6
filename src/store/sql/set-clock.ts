import { hours } from '../../shared/clock.ts'
import { EVERY_LEASE } from './lease.ts'
import { repeatable, run, sql, type Steps } from './operation.ts'

/** Moments beside those of leases that are compared with the database's time. Where there is none, it is null or 0. */
const MOMENTS = [
  ['attempts', 'expires_at'],
  ['parked', 'until'],
  ['claims', 'until'],
  ['generations', 'resolves_until'],
  ['connections', 'probed_at'],
  ['changes', 'at'],
  ['uploads', 'checked_at'],
  ['switch_offs', 'give_up_at'],
  ['deliveries', 'created_at'],
  ['deliveries', 'ended_at'],
  ['row_changes', 'accepted_at'],
] as const

const SHIFTS = [
  ...MOMENTS.map(([table, column]) => `UPDATE ${table} SET ${column} = ${column} + @ms WHERE ${column} > 0`),
  // Who has confirmed before whom. Current connections are compared however old they are; of the others, which nobody deletes
  // and which are most of a big table, those that may still become current.
  `UPDATE exchanges SET created_at = created_at + @ms WHERE created_at > {now} - ${hours(24)}
     OR generation_id IN (SELECT id FROM generations WHERE status = 'current')`,
  // How long a step has run, and whether its address was read back in the last day.
  `UPDATE upload_steps SET started_at = started_at + @ms, ended_at = ended_at + @ms
   WHERE started_at > 0 AND (ended_at IS NULL OR ended_at > {now} - ${hours(24)})`,
].map((text) => sql(text))

/**
 * Moves all moments along with a clock that was changed by `ms` milliseconds. To be asked while the database's time is still as
 * it was before.
 */
export const followClock = repeatable(function* (ms: number): Steps<void> {
  for (const { shift } of EVERY_LEASE) yield* run(shift, { ms })
  for (const shift of SHIFTS) yield* run(shift, { ms })
})

/** What has happened is not still to come. */
const CORRECTIONS = [
  "UPDATE connections SET probed_at = {now} WHERE status IN ('connected', 'invalid') AND probed_at > {now}",
  'UPDATE uploads SET checked_at = {now} WHERE due_at IS NULL AND checked_at > {now}',
  "UPDATE upload_steps SET ended_at = {now} WHERE kind = 'webhooks' AND ended_at > {now}",
  'UPDATE deliveries SET ended_at = {now} WHERE ended_at > {now}',
  'UPDATE deliveries SET refused_since = {now} WHERE due_at IS NOT NULL AND refused_since > {now}',
].map((text) => sql(text))

/** For a process that has the database alone, when it starts: the clock was set back while nobody watched. */
export const correctPast = repeatable(function* (): Steps<void> {
  for (const correction of CORRECTIONS) yield* run(correction)
})
