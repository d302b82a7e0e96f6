import { z } from 'zod'
import { seconds } from '../shared/clock.ts'
import type { AuthorizedCall, CallOutcome } from './authorized-call.ts'

export type EntityKind = 'users' | 'pipelines' | 'contacts' | 'deals'

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

const badRowsIn = (data: unknown) => BadRows.safeParse(data).data ?? []

/** Which rows a refusal names by their place in the request, if it does. Nobody knows how Wazzup counts them. */
export const rowsNamedIn = (data: unknown): ReadonlySet<number> =>
  new Set(badRowsIn(data).map(({ index }) => index))

/** The fields that a refusal names, of whichever row. */
export const fieldsIn = (data: unknown): string[] => [
  ...new Set(badRowsIn(data).flatMap(({ fields }) => fields)),
]
