import type { Clock } from '../shared/clock.ts'
import { isShallow } from '../shared/is-shallow.ts'
import type { Random } from '../shared/random.ts'
import type { Accepted, ChangeKind, NewChange, Store } from '../store/port.ts'
import { idOf } from '../upload/rules/rule.ts'

/** Changes that one request may bring. */
export const MOST_CHANGES = 1000

/** How deep a row may be nested, and how long its JSON may be. */
const DEEPEST = 10
const LONGEST_ROW = 16_384

/** A change as it was asked for; its id is one that `idOf` takes. */
export type AskedChange =
  | { kind: ChangeKind; op: 'upsert'; row: { id: unknown } & Record<string, unknown> }
  | { kind: ChangeKind; op: 'delete'; id: unknown }

/** Whether a row may be kept until it is sent; what is in it is judged when it is. */
export const canBeKept = (row: object): boolean =>
  isShallow(row, DEEPEST) && JSON.stringify(row).length <= LONGEST_ROW

interface AcceptDeps {
  store: Pick<Store, 'changes'>
  random: Random
  clock: Clock
}

/**
 * Names of changes, in the order of time: those that are sent together stand together in the index of names, and a batch is
 * erased from few of its pages.
 */
function names({ random, clock }: Pick<AcceptDeps, 'random' | 'clock'>): () => string {
  const first = clock().getTime().toString(36).padStart(9, '0') + random(12)
  let count = 0
  return () => first + (count++).toString(36).padStart(2, '0')
}

/** Takes changes of a customer's data, all or none; a worker sends them. Of several of one id the last counts. */
export async function acceptChanges(
  crmAccountId: string,
  asked: readonly AskedChange[],
  { store, ...named }: AcceptDeps,
): Promise<Accepted> {
  const byId = new Map<string, NewChange>()
  const nextName = names(named)
  for (const change of asked) {
    const rowId = idOf(change.op === 'upsert' ? change.row.id : change.id)
    if (rowId === null) throw new TypeError('a change has no usable id')
    const row = change.op === 'upsert' ? JSON.stringify(change.row) : null
    byId.set(`${change.kind} ${rowId}`, { id: nextName(), kind: change.kind, rowId, row })
  }
  return store.changes.accept(crmAccountId, [...byId.values()])
}
