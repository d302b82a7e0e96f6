import { hours, type Monotonic } from '../shared/clock.ts'
import type { UploadKind } from '../store/port.ts'
import { partsOf, type Outgoing, type Part, type Refused } from './narrow.ts'

/** Rows that Wazzup does not take, or not whole. */
export interface Found {
  refused: Refused[]
  withoutPhone: Outgoing[]
}

/** How far the rows of a batch have got that may not have gone in one request. */
export interface Narrowing {
  rows: readonly Outgoing[]
  /** What is still to be sent, the next part first. */
  queue: Part[]
  /** Rows over which Wazzup has broken down. */
  suspects: Outgoing[]
  found: Found
  /** Requests that were taken. */
  taken: number
  doubt: Doubt | null
}

/** Rows were refused with one reason and by answers that name none, and nothing was taken: is it about the account? */
interface Doubt {
  reason: string
  /** Rows of another place that were refused like them. */
  elsewhere: number
  /** `waits`: it is, as far as was seen. `cleared`: it is not, the rows are to blame. */
  state: 'open' | 'waits' | 'cleared'
}

export const beginNarrowing = (rows: readonly Outgoing[]): Narrowing => ({
  ...{ rows, queue: partsOf(rows), suspects: [], taken: 0, doubt: null },
  found: { refused: [], withoutPhone: [] },
})

/** While nothing is taken, a refusal that names no row may be about the account. One that names a row is about that row. */
export const isInDoubt = ({ taken, found, doubt }: Narrowing): boolean =>
  taken === 0 && doubt?.state !== 'cleared' && found.refused.some(({ isNamed }) => !isNamed)

/** What is to be sent next; it stays in the queue. In doubt each row goes alone: many together would be refused again. */
export function nextPart(narrowing: Narrowing): Part | undefined {
  const { queue } = narrowing
  const [part] = queue
  const [first, ...rest] = part?.rows ?? []
  if (!part || !first || rest.length === 0 || !isInDoubt(narrowing)) return part
  const alone: Part = { rows: [first], heedsNames: false, others: [] }
  queue.splice(0, 1, alone, { ...part, rows: rest })
  return alone
}

/** A batch that the end of a turn has left half sent. */
interface Kept {
  kind: UploadKind
  /** Up to which row number all was written down when it was left, and to which one the batch goes. */
  read: number
  end: number
  narrowing: Narrowing
}

/** Half sent batches, in the memory of this process: another process begins the batch again. */
export interface Narrowings {
  /** Null, too, where another process has written down more, or less: then the batch stands otherwise. */
  find(generationId: string, at: { kind: UploadKind; read: number }): Kept | null
  keep(generationId: string, kept: Kept): void
  forget(generationId: string): void
  /** Rows that are left of one; null when none is kept. */
  left(generationId: string): number | null
}

/** Rows of customers are in memory no longer. Turns come round sooner, or another process goes on. */
const KEPT_FOR = hours(1)

export function createNarrowings(monotonic: Monotonic): Narrowings {
  const all = new Map<string, Kept & { at: number }>()
  function purge() {
    for (const [id, { at }] of all) if (at < monotonic() - KEPT_FOR) all.delete(id)
  }
  return {
    find(generationId, { kind, read }) {
      purge()
      const kept = all.get(generationId)
      return kept?.kind === kind && kept.read === read ? kept : null
    },
    keep(generationId, kept) {
      purge()
      all.set(generationId, { ...kept, narrowing: behind(kept.narrowing, kept.read), at: monotonic() })
    },
    forget: (generationId) => void all.delete(generationId),
    left: (generationId) => all.get(generationId)?.narrowing.rows.length ?? null,
  }
}

/** Without the rows that are written down. */
function behind({ rows, found, ...more }: Narrowing, read: number): Narrowing {
  const isLeft = ({ position }: Outgoing) => position > read
  return {
    ...more,
    rows: rows.filter(isLeft),
    found: {
      refused: found.refused.filter(({ row }) => isLeft(row)),
      withoutPhone: found.withoutPhone.filter(isLeft),
    },
  }
}

/** Whether the CRM still gives the same rows. */
export function isOf({ rows }: Narrowing, outgoing: readonly Outgoing[]): boolean {
  const told = (some: readonly Outgoing[]) =>
    JSON.stringify([...some].sort((one, other) => one.position - other.position))
  return told(rows) === told(outgoing)
}
