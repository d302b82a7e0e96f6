import type { SourceKind } from '../../crm/port.ts'
import type { UploadDeps } from '../deps.ts'
import { NO_LIMIT, type Room, type Users } from '../room.ts'
import { GONE, type Step, type StepEnd, type Turn } from '../turn.ts'

/** Rows that an account may have (fact sheet, 17; for pipelines no number is told, and none should come near it). */
export const MOST_USERS = 1000
const MOST: Partial<Record<SourceKind, number>> = { users: MOST_USERS, pipelines: 1000 }

interface Place {
  kind: SourceKind
  turn: Turn
  step: Step
  deps: Pick<UploadDeps, 'rooms' | 'entities'>
}

/** The room for the next rows; `took` is to be told those that Wazzup has taken, and says how many of them are new. */
export interface Places {
  kind: 'places'
  room: Room
  took(ids: readonly string[], read: number): number
}

/**
 * Users are counted by id over the whole step: one that comes again is the same. Who had been sent before is known to this
 * process or, after a restart and at the beginning, to Wazzup, whose limit is over all that it has. Where it does not show
 * them, nobody is refused for those of before: Wazzup has the last word.
 */
export async function placesFor({ kind, turn, step, deps }: Place): Promise<Places | StepEnd> {
  const most = MOST[kind]
  const all = (ids: readonly string[]) => ids.length
  if (kind !== 'users' || most === undefined)
    return {
      ...{ kind: 'places', took: all },
      room: most === undefined ? NO_LIMIT : { ...NO_LIMIT, left: most },
    }
  const { generationId } = turn.claim.key
  // From the beginning it is another run, of which nobody has come.
  const users = (step.read > 0 && deps.rooms.find(generationId, step.read)) || (await seenUsers(turn, deps))
  if (users === null) return GONE
  const { there, counted } = users
  return {
    kind: 'places',
    room: { there, left: most - there.size },
    took(ids, read) {
      const before = counted.size
      for (const id of ids) {
        there.add(id)
        counted.add(id)
      }
      deps.rooms.keep(generationId, read, users)
      return counted.size - before
    },
  }
}

/** Whom Wazzup has; nobody where it does not say. Null when the claim is gone. */
export async function seenUsers(
  turn: Pick<Turn, 'apiKey' | 'mayGoOn'>,
  { entities }: Pick<UploadDeps, 'entities'>,
): Promise<Users | null> {
  if (!(await turn.mayGoOn())) return null
  const seen = await entities.ids('users', turn.apiKey, turn.mayGoOn)
  return { there: new Set(seen.kind === 'read' ? seen.ids : []), counted: new Set() }
}
