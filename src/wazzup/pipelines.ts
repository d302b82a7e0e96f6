import { z } from 'zod'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'

const Pipelines = z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String) }))

/** The documents have lists bare and, on an older page of another kind, in an envelope (fact sheet, 21, row 27). */
const Answer = z.union([Pipelines, z.object({ data: Pipelines }).transform(({ data }) => data)])

/** The ids of the pipelines that Wazzup has; `unreadable` when the answer is no list of them. */
export type ReadPipelineIds = (
  apiKey: string,
) => Promise<
  { kind: 'read'; ids: ReadonlySet<string> } | Exclude<CallOutcome, { kind: 'done' }> | { kind: 'unreadable' }
>

/** `GET /v3/pipelines` (fact sheet, 9). */
export const createReadPipelineIds =
  (call: AuthorizedCall): ReadPipelineIds =>
  async (apiKey) => {
    const outcome = await call({ method: 'GET', path: '/v3/pipelines', apiKey, maxAnswer: 10 * 1024 * 1024 })
    if (outcome.kind !== 'done') return outcome
    const answer = Answer.safeParse(outcome.body)
    return answer.success
      ? { kind: 'read', ids: new Set(answer.data.map(({ id }) => id)) }
      : { kind: 'unreadable' }
  }
