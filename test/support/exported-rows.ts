import type { SourceKind } from '../../src/crm/port.ts'
import { rowOf } from '../../src/sandbox/crm/export/rows.ts'
import type { Account, Entity } from '../../src/sandbox/wazzup/accounts.ts'

/** How much a customer exports of each kind. */
export type Sizes = Record<SourceKind, number>

const URL_OF_CRM = 'https://crm.example'

/** The row of a customer's export. */
export const exportedRow = (customer: string, sizes: Sizes, kind: SourceKind, index: number) =>
  rowOf(kind, index, { accountId: customer, url: URL_OF_CRM, size: sizes }) as { id: string }

/** The ids of rows that Wazzup does not hold as they were exported, and of those that it should not hold; a few of them. */
export function differences(
  account: Account,
  customer: string,
  sizes: Sizes,
  left: ReadonlySet<string> = new Set(),
) {
  const wrong: string[] = []
  for (const kind of ['users', 'pipelines', 'contacts', 'deals'] as const) {
    const there = new Map(account[kind])
    for (let index = 0; index < sizes[kind]; index += 1) {
      const row = exportedRow(customer, sizes, kind, index)
      const isRight = left.has(row.id) ? !there.has(row.id) : sameFields(there.get(row.id), row)
      if (!isRight) wrong.push(row.id)
      there.delete(row.id)
    }
    wrong.push(...there.keys())
  }
  return wrong.slice(0, 10)
}

/** Whether two rows say the same, in whatever order. */
export const sameFields = (one: Entity | undefined, other: object) =>
  one !== undefined && JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other))

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, inOrder(field)]),
  )
}
