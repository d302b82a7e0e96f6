import { hours, type Monotonic } from '../shared/clock.ts'

/** Where there is room for rows of new ids, and only for so many. */
export interface Room {
  /** Ids that take none: they are there already. */
  there: ReadonlySet<string>
  left: number
}

export const NO_LIMIT: Room = { there: new Set(), left: Infinity }

/** Users of an account: whom Wazzup has, and who of them has come in this step. */
export interface Users {
  there: Set<string>
  counted: Set<string>
}

/** In the memory of this process, with the number of rows up to which they are right: another process may have gone on. */
export interface Rooms {
  find(generationId: string, read: number): Users | null
  keep(generationId: string, read: number, users: Users): void
}

/** Ids of customers are in memory no longer. Turns come round sooner, or another process goes on. */
const KEPT_FOR = hours(1)

export function createRooms(monotonic: Monotonic): Rooms {
  const all = new Map<string, { users: Users; read: number; at: number }>()
  return {
    find(generationId, read) {
      const kept = all.get(generationId)
      return kept && kept.read === read && kept.at >= monotonic() - KEPT_FOR ? kept.users : null
    },
    keep(generationId, read, users) {
      for (const [id, { at }] of all) if (at < monotonic() - KEPT_FOR) all.delete(id)
      all.set(generationId, { users, read, at: monotonic() })
    },
  }
}
