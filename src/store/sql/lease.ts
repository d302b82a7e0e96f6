import { alone, run, sql, type Steps } from './operation.ts'

/** Where the lease of a kind of row is kept: who has it, until when. `held`: rows that may have one, by an index. */
interface Place {
  table: string
  key: string
  runner: string
  until: string
  held: string
}

/**
 * The right of one worker to act on one row for a time. Taking it gives a token, `runner`; every later write shows the
 * token and changes nothing once somebody else has taken over. Time is the database's: see `{now}`.
 */
const lease = ({ table, key, runner, until, held }: Place) => ({
  /** Sets what makes the row the taker's, for `@lease` milliseconds. */
  take: `${runner} = @runner, ${until} = {now} + @lease`,
  /** Sets what gives it back. */
  leave: `${runner} = NULL`,
  /** Condition: nobody has it. */
  free: `(${until} IS NULL OR ${until} <= {now})`,
  /** Condition: whoever asks took it, and nobody after. */
  mine: `${key} = @row AND ${runner} = @runner`,
  end: sql(`UPDATE ${table} SET ${until} = {now} WHERE ${held} AND ${until} > {now}`),
  shift: sql(`UPDATE ${table} SET ${until} = ${until} + @ms WHERE ${held}`),
})

/** Everything that a worker takes. What may wait between two workers is due when its lease ends. */
export const LEASES = {
  exchange: lease({
    ...{ table: 'exchanges', key: 'state_hash', runner: 'runner', until: 'due_at' },
    held: "status = 'pending'",
  }),
  upload: lease({
    ...{ table: 'uploads', key: 'generation_id', runner: 'runner', until: 'due_at' },
    held: 'due_at IS NOT NULL',
  }),
  check: lease({
    ...{ table: 'uploads', key: 'generation_id', runner: 'check_runner', until: 'check_until' },
    held: 'check_until IS NOT NULL',
  }),
  probe: lease({
    ...{ table: 'connections', key: 'id', runner: 'probe_runner', until: 'probe_until' },
    held: 'probe_until IS NOT NULL',
  }),
  switchOff: lease({
    ...{ table: 'switch_offs', key: 'generation_id', runner: 'runner', until: 'due_at' },
    held: 'due_at IS NOT NULL',
  }),
} as const

const ALL = Object.values(LEASES)

/** Ends every lease and every pause: for a process that has the database alone, when it starts. */
export const endLeases = alone(function* (): Steps<void> {
  for (const { end } of ALL) yield* run(end)
})

/** Moves the ends of all leases and pauses along with a clock that was changed by `ms` milliseconds. */
export const shiftLeases = alone(function* (ms: number): Steps<void> {
  for (const { shift } of ALL) yield* run(shift, { ms })
})
