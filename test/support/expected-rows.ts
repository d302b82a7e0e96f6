import type { SourceKind } from '../../src/crm/port.ts'
import type { Account, Entity } from '../../src/sandbox/wazzup/accounts.ts'
import type { UploadReject } from '../../src/store/port.ts'
import { sameFields, type Sizes } from './exported-rows.ts'
import { NOBODY } from './odd-fields.ts'
import { oddRow } from './odd-rows.ts'

interface Compared {
  account: Account
  rejects: readonly UploadReject[]
  sizes: Sizes
  /** Why Wazzup does not have a row that has to leave; null: it has. */
  notTaken?: (kind: SourceKind, row: Entity) => string | null
}

/**
 * What is otherwise at Wazzup, or told otherwise, than the export with its odd rows says: a few of it, row by row and reject by
 * reject. Of what Wazzup itself refuses the reason is its own.
 */
export function oddDifferences({ account, rejects, sizes, notTaken = () => null }: Compared) {
  const told = new Set(
    rejects.map((one) => line({ ...one, reason: one.reason.replace(/^refused:.*/, 'refused') })),
  )
  const wrong: string[] = []
  for (const kind of ['users', 'pipelines', 'contacts', 'deals'] as const) {
    const there = new Map(account[kind])
    for (let at = 0; at < sizes[kind]; at += 1) {
      const { exported, kept, told: reasons } = oddRow(kind, at, sizes)
      const entity = kept as Entity | null
      const why = entity && notTaken(kind, entity)
      for (const reason of why === null ? reasons : [why]) {
        const rowId = reason.startsWith(NOBODY) ? null : idIn(exported)
        const expected = line({ kind, position: at + 1, rowId, reason: reason.replace(NOBODY, '') })
        if (!told.delete(expected)) wrong.push(`not told: ${expected}`)
      }
      if (!entity || why !== null) continue
      if (!sameFields(account[kind].get(entity.id), JSON.parse(JSON.stringify(entity)) as object))
        wrong.push(`${JSON.stringify(exported)} is ${JSON.stringify(account[kind].get(entity.id))}`)
      there.delete(entity.id)
    }
    wrong.push(...[...there.values()].map((row) => `too much: ${JSON.stringify(row)}`))
  }
  return [...wrong, ...[...told].map((one) => `told: ${one}`)].slice(0, 10)
}

const line = ({ kind, position, rowId, reason }: UploadReject) =>
  JSON.stringify([kind, position, rowId, reason])

const idIn = (exported: unknown) => String((exported as { id: unknown }).id)
