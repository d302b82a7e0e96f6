import { seconds } from '../shared/clock.ts'

/**
 * A column that holds sealed values. A value is bound to `boundTo`, to the row that `rowColumn` names, and to `binding`,
 * so these names are part of every value already stored: they may never change, whatever becomes of the schema.
 */
export interface SealedColumn {
  table: string
  rowColumn: string
  column: string
  binding: string
  /** The table whose row it is bound to; another one may hold it, too. */
  boundTo: string
}

/** The keys that have sealed something in this database, each with a sealed value to try it on; and who has which. */
export interface SealingKeyStore {
  all(): Promise<{ id: string; probe: string }[]>
  add(key: { id: string; probe: string }): Promise<void>
  remove(id: string): Promise<void>
  /** Writes down which keys a replica has. It holds for `ANNOUNCED_FOR` milliseconds, so it is said again and again. */
  announce(replica: ReplicaKeys): Promise<void>
  withdraw(replica: ReplicaKeys): Promise<void>
  /** Of all replicas that run, in the order of their names. */
  announced(): Promise<ReplicaKeys[]>
}

/** The encryption keys of a running service, by their ids: the first seals, all open. */
export interface ReplicaKeys {
  /** What an operator knows it by. */
  name: string
  /** Tells it from another one of this name, such as the one before it in the same container. */
  id: string
  keys: readonly string[]
}

/** Longer than a worker ever pauses. A replica that was killed is taken for a running one as long. */
export const ANNOUNCED_FOR = seconds(90)

/** Sealed values as they lie in their tables. `but` are beginnings of values that do not count, see `sealedPrefix`. */
export interface SealedValueStore {
  count(column: SealedColumn, but: readonly string[]): Promise<number>
  /** Whether there is one, in whatever order is the fastest to look through. */
  any(column: SealedColumn, but: readonly string[]): Promise<boolean>
  /** The value of one row; null when it has none. */
  find(column: SealedColumn, row: string): Promise<string | null>
  /** In the order of their rows, those behind the row `after`. */
  page(
    column: SealedColumn,
    page: { but: readonly string[]; after: string | null; limit: number },
  ): Promise<{ row: string; sealed: string }[]>
  /** Puts another value in the place of `from`; false when that has changed meanwhile, or is gone. */
  replace(column: SealedColumn, value: { row: string; from: string; to: string }): Promise<boolean>
}
