import { toJobCount, type JobCountRow } from '../counts.ts'
import type { Store, StoreCounts } from '../port.ts'
import { USABLE } from '../upload.ts'
import { one, read, sql, type Run, type Steps } from './operation.ts'

/** Each reads one index and no table, but for the uploads that are due, which are few. */
const countDue = (where: string) =>
  sql<JobCountRow>(`SELECT count(*) AS waiting, {now} - min(due_at) AS late FROM ${where}`)
const EXCHANGES = countDue("exchanges WHERE status = 'pending'")
const UPLOADS = countDue(`uploads WHERE due_at IS NOT NULL AND ${USABLE}`)
const SWITCH_OFFS = countDue('switch_offs')

const countJobs = read(function* (): Steps<StoreCounts['jobs']> {
  return {
    exchange: toJobCount(yield* one(EXCHANGES)),
    upload: toJobCount(yield* one(UPLOADS)),
    switch_off: toJobCount(yield* one(SWITCH_OFFS)),
  }
})

/** `connections` differs: see the engines. */
export const counts =
  (run: Run, connections: () => Promise<StoreCounts['connections']>): Store['counts'] =>
  async () => ({ connections: await connections(), jobs: await run(countJobs) })
