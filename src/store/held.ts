import type { Changes } from './changes.ts'
import { AppError } from '../shared/app-error.ts'
import type { OpenCopy, Programs, RowSource } from './row-source.ts'

/** The database that a copy is to replace. */
export interface Replaced {
  /** `none`: nothing lies there yet. `damaged`: nobody can say what is in it. */
  state: 'none' | 'found' | 'damaged'
  /** Its rows, which may be none. */
  current: RowSource
}

/** A copy and the database that it is to replace, both open. */
export interface Restore {
  copy: OpenCopy
  replaced: Replaced
  /**
   * Drops changes of rows that wait, ends what is to stay ended, erases what is to stay erased, takes over whether new installs are
   * paused, and puts the copy in the place of the database: all of it, or nothing. Resolves to where the replaced one is kept; null
   * when there was none. Only of one that holds it.
   */
  replace(changes: Pick<Changes, 'endings' | 'erasures' | 'installs'>): Promise<string | null>
  close(): Promise<void>
}

export interface RestoreOptions {
  /** Whether the database is held, so that nobody else writes to it until all is closed; else it is only looked at. */
  holds: boolean
  programs: Programs
}

export const NO_ROWS: RowSource = {
  tables: () => Promise.resolve([]),
  async *rows() {
    yield* []
  },
}

/** Behind the name of what was replaced: when. No colon, which some file systems refuse. */
export const stampOf = (now: Date): string => now.toISOString().replaceAll(/[:.]/g, '-')

export const inUse = (by: string) =>
  new AppError(`The database is in use: ${by}`, {
    code: 'service_running',
    hint: 'Stop every service and every handler that reads keys in process, then run this again.',
  })
