import type { Actor, AuditEntry } from './audit.ts'

/** What became of the word to erase the persons of a CRM account. */
export type Erased =
  /** `rows`: those that held somebody; none when it was done before. */
  | { kind: 'erased'; rows: number }
  /** Something of it has not ended: a connection, or an exchange that may still make one. Nothing was changed. */
  | { kind: 'not_ended' }
  /** Nothing is kept of this CRM account. */
  | { kind: 'unknown' }

/** For how many milliseconds something is kept after it has ended; 0: for good. */
export interface Kept {
  /** Persons, of connections that have ended. */
  persons: number
  /** Entries of the audit that an apiKey was read. */
  reads: number
}

/** Nothing goes by time. */
export const FOR_GOOD: Kept = { persons: 0, reads: 0 }

/** Who has erased what went by time, for the audit. */
export const BY_TIME: Actor = { userId: 'service', userName: 'AUDIT_PERSONS_KEPT', address: '-' }

/** What is kept of the persons of a CRM account, as it lies there. */
export interface PersonsKept {
  crmAccountId: string
  /** Null where the account was never confirmed. */
  crmAccountName: string | null
  attempts: {
    createdAt: Date
    supportId: string | null
    status: string
    userId: string
    userName: string
    role: string | null
    crmAccountName: string
  }[]
  exchanges: {
    confirmedAt: Date
    supportId: string | null
    status: string
    /** What Wazzup was told as the name of the account. */
    name: string
    crmAccountName: string
    userId: string
    userName: string
    address: string
  }[]
  /** What its persons have done; also where that has ended a connection of another account. */
  audit: AuditEntry[]
  /** Rows of the CRM that were not uploaded, or of which a change could not be sent: a user's own id may be among them. */
  rejects: { kind: string; rowId: string }[]
  /** Rows of the CRM of which a change waits. `row`: what it says, as JSON; null for a delete, and for what is damaged. */
  changes: { id: string; kind: string; rowId: string; row: string | null }[]
}

/** The persons of a CRM account. */
export interface PersonStore {
  /** Empties their ids, names and addresses, and the account's name, in every table, once all of it has ended. The facts stay. */
  erase(crmAccountId: string, by: Actor, now: Date): Promise<Erased>
  /** Null when nothing is kept of this CRM account. */
  persons(crmAccountId: string): Promise<PersonsKept | null>
}

/** Where something may still lie that was erased. */
export interface Remains {
  code: keyof typeof REMAINS
  /** A sentence for the operator. */
  detail: string
}

const REMAINS = {
  free_space:
    'Unused space of the file may hold parts of it until the file is rewritten: wauth connections erase … --rewrite, while which nobody can connect: choose a quiet hour.',
  write_ahead_log:
    'The write-ahead log beside the file holds it while somebody reads, a backup or a handler perhaps: erase once more when that has ended.',
  copies_beside: 'Copies beside the database hold it; remove those that nobody needs:',
  dead_rows:
    'Dead rows hold it until VACUUM has run and their space was used again; VACUUM FULL on attempts, exchanges, connections and audit rewrites them at once, and locks them meanwhile.',
  statistics: 'The statistics of the planner may hold it until ANALYZE has run.',
  server_log: 'The WAL holds it until it is recycled, and so do archives of it and replicas that lag behind.',
  backups:
    'Backups and copies in other places hold it until they are deleted; wauth restore erases it again.',
  log_lines: 'Log lines and traces hold ids of the account, and of what was done; they are out of reach.',
} as const

export const remaining = (code: Remains['code'], files: readonly string[] = []): Remains => ({
  code,
  detail: [REMAINS[code], files.join(', ')].filter((part) => part !== '').join(' '),
})
