import { LONGEST_RETRY_AFTER } from '../../shared/retry-after.ts'
import { GIVE_UP_AFTER } from '../exchange.ts'
import type { Claim } from '../port.ts'
import { repeatable, run, sql, type Steps } from './operation.ts'

/** What a worker that has taken keys shows, as `mine` asks for it. */
export const shownBy = ({ key, runner }: Claim) => ({ row: key.generationId, runner })

/** Where the lease of a kind of row is kept: who has it, until when. */
interface Place {
  table: string
  key: string
  runner: string
  until: string
  /** Conditions, each with an index: rows that somebody has; rows with an end that is still to come. */
  held: string
  ends: string
  /** Nobody waits longer than this, as Wazzup asks for no more, unless a clock was set; milliseconds, or an expression. */
  longestPause?: number | string
  /** Another moment of the row, from which `until` is counted. */
  from?: string
}

/**
 * The right of one worker to act on one row for a time. Taking it gives a token, `runner`; every later write shows the
 * token and changes nothing once somebody else has taken over. Time is the database's: see `{now}`.
 */
const lease = ({ table, key, runner, until, held, ends, longestPause, from }: Place) => ({
  /** Sets what makes the row the taker's, for `@lease` milliseconds. */
  take: `${runner} = @runner, ${until} = {now} + @lease`,
  /** Sets what gives it back. */
  leave: `${runner} = NULL`,
  /** Condition: nobody has it. */
  free: `(${until} IS NULL OR ${until} <= {now})`,
  /** Condition: the asking worker took it, and nobody after. */
  mine: `${key} = @row AND ${runner} = @runner`,
  end: sql(`UPDATE ${table} SET ${until} = {now} WHERE ${held} AND ${until} > {now}`),
  shorten:
    longestPause === undefined
      ? []
      : [
          sql(`
            UPDATE ${table} SET ${until} = {now} + ${longestPause} WHERE ${ends} AND ${until} > {now} + ${longestPause}`),
        ],
  shift: sql(`
    UPDATE ${table} SET ${until} = ${until} + @ms${from ? `, ${from} = ${from} + @ms` : ''} WHERE ${ends}`),
})

/** Everything that a worker takes. What may wait between two workers is due when its lease ends. */
export const LEASES = {
  exchange: lease({
    ...{ table: 'exchanges', key: 'state_hash', runner: 'runner', until: 'due_at' },
    ...{
      held: "status = 'pending' AND in_flight = 1",
      ends: 'state_sealed IS NOT NULL',
      longestPause: `CASE status WHEN 'pending' THEN ${GIVE_UP_AFTER} ELSE ${LONGEST_RETRY_AFTER} END`,
    },
  }),
  upload: lease({
    ...{ table: 'uploads', key: 'generation_id', runner: 'runner', until: 'due_at' },
    ...{
      held: 'due_at IS NOT NULL AND runner IS NOT NULL',
      ends: 'due_at IS NOT NULL',
      longestPause: LONGEST_RETRY_AFTER,
      from: 'failing_since',
    },
  }),
  check: lease({
    ...{ table: 'uploads', key: 'generation_id', runner: 'check_runner', until: 'check_until' },
    ...{ held: 'check_until IS NOT NULL', ends: 'check_until IS NOT NULL' },
  }),
  probe: lease({
    ...{ table: 'connections', key: 'id', runner: 'probe_runner', until: 'probe_until' },
    ...{ held: 'probe_until IS NOT NULL', ends: 'probe_until IS NOT NULL' },
  }),
  switchOff: lease({
    ...{ table: 'switch_offs', key: 'generation_id', runner: 'runner', until: 'due_at' },
    ...{ held: 'runner IS NOT NULL', ends: 'due_at IS NOT NULL' },
  }),
  delivery: lease({
    ...{ table: 'deliveries', key: 'id', runner: 'runner', until: 'due_at', from: 'refused_since' },
    ...{ held: 'runner IS NOT NULL', ends: 'due_at IS NOT NULL', longestPause: LONGEST_RETRY_AFTER },
  }),
  change: lease({
    ...{ table: 'change_queues', key: 'generation_id', runner: 'runner', until: 'due_at' },
    ...{
      held: 'due_at IS NOT NULL AND runner IS NOT NULL',
      ends: 'due_at IS NOT NULL',
      longestPause: LONGEST_RETRY_AFTER,
    },
  }),
} as const

/** All of them. */
export const EVERY_LEASE = Object.values(LEASES)

/**
 * Ends every lease: for a process that has the database alone, when it starts. A pause that is longer than any may be is
 * shortened: the clock was set while nobody watched.
 */
export const endLeases = repeatable(function* (): Steps<void> {
  for (const { end, shorten } of EVERY_LEASE) for (const each of [end, ...shorten]) yield* run(each)
})
