import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'
import type { Upsert } from './upsert.ts'

/** `PATCH …/bulk_delete` of a kind, for rows of which only the id counts. */
export type Remove = Upsert

/** Ids that Wazzup does not know are as good as deleted, and are what its answer lists (fact sheet, 6 to 8). */
export const createRemove =
  (call: AuthorizedCall): Remove =>
  async (kind, rows, apiKey) => {
    const outcome = await call({
      method: 'PATCH',
      path: `/v3/${kind}/bulk_delete`,
      apiKey,
      body: rows.map((row) => ('id' in row ? row.id : null)),
      deadline: seconds(20),
      maxAnswer: 1024 * 1024,
    })
    return rows.length === 1 && isUnknown(outcome) ? { kind: 'done', status: 200, body: undefined } : outcome
  }

/** What deleting a single one is answered where it is not there. */
const isUnknown = (outcome: CallOutcome) => outcome.kind === 'refused' && outcome.status === 404
