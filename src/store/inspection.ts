/** A database as it lies there: looked at without being created, migrated or changed. */
export type Inspection =
  | { kind: 'missing'; folder: 'writable' | 'read_only' | 'missing' }
  /** `code`: the engine's own word, such as `SQLITE_NOTADB` or `SQLITE_BUSY`. What it says beyond that, and what to do. */
  | { kind: 'unusable'; code: string; says?: string; hint?: string | undefined }
  | FoundDatabase

export interface FoundDatabase {
  kind: 'found'
  /** Why nothing can be written; null when it can. */
  readOnly: string | null
  /** What to do about that, where the engine can tell. */
  hint?: string
  /** Migrations of this version that the database has not seen. */
  pending: string[]
  /** Those that the database has seen and this version does not know. */
  unknown: number
  /** Each key that has sealed something here, with a value to try it on. */
  sealingKeys: { id: string; probe: string }[]
  /** A CRM account that is connected; null when none is. */
  account: string | null
}
