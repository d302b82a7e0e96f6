import { z } from 'zod'
import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'

export type EntityKind = 'users' | 'pipelines' | 'contacts' | 'deals'

/** Entities that one request may bring (fact sheet, 2.5). */
export const BATCH = 100

/** `POST` of a kind: by id, so that the same again changes nothing. Wazzup takes all of it or nothing. */
export type Upsert = (kind: EntityKind, rows: readonly object[], apiKey: string) => Promise<CallOutcome>

export const createUpsert =
  (call: AuthorizedCall): Upsert =>
  (kind, rows, apiKey) =>
    call({
      method: 'POST',
      path: `/v3/${kind}`,
      apiKey,
      body: rows,
      deadline: seconds(20),
      maxAnswer: 1024 * 1024,
    })

const BadRows = z.array(
  z.object({ index: z.number().int().nonnegative(), fields: z.array(z.string()).catch([]) }),
)

/** Which rows of a refused batch are wrong, and where; empty when Wazzup does not say. */
export function badRowsIn(data: unknown): { index: number; fields: string[] }[] {
  const parsed = BadRows.safeParse(data)
  return parsed.success ? parsed.data : []
}
