import { isDamaged, type Sealer } from '../crypto/sealer.ts'
import type { Store, WaitingChange } from './port.ts'
import { placeOf, SEALED } from './sealed-columns.ts'
import { open, sealKey, type Opener } from './sealed-keys.ts'

const bodyOf = (delivery: string) => placeOf(SEALED.delivery, delivery)
const changedRow = (change: string) => placeOf(SEALED.changedRow, change)

/** What is told is sealed where it is written, in the transaction of what it tells: see `tell`. */
export const sealDeliveries = (deliveries: Store['deliveries'], sealer: Sealer): Store['deliveries'] => ({
  ...deliveries,
  async claimDue(lease) {
    const taken = await deliveries.claimDue({ ...lease, opens: sealer.opens })
    return taken && { ...taken, body: () => sealer.open(taken.body(), bodyOf(taken.id)) }
  },
  async find(id) {
    const found = await deliveries.find(id)
    return found && { ...found, body: () => open(sealer, found.body(), bodyOf(id)) }
  },
})

/** Rows lie open nowhere while they wait. */
export function sealChanges(changes: Store['changes'], sealer: Sealer): Store['changes'] {
  const withRow = (change: WaitingChange): WaitingChange => ({
    ...change,
    row: () => open(sealer, change.row(), changedRow(change.id)),
  })
  return {
    ...changes,
    accept: (crmAccountId, given) =>
      changes.accept(
        crmAccountId,
        given.map((one) => ({
          ...one,
          row: one.row === null ? null : sealer.seal(one.row, changedRow(one.id)),
        })),
      ),
    async claimDue(lease) {
      const claim = await changes.claimDue(lease)
      return claim && { ...claim, key: sealKey(claim.key, sealer) }
    },
    async batch(...args) {
      const batch = await changes.batch(...args)
      return batch && { ...batch, changes: batch.changes.map(withRow) }
    },
    others: async (...args) => (await changes.others(...args)).map(withRow),
  }
}

/** What waits of persons is told as the CRM has said it. */
export const sealPersons =
  (persons: Store['connections']['persons'], sealer: Opener): Store['connections']['persons'] =>
  async (crmAccountId) => {
    const kept = await persons(crmAccountId)
    const changes = kept?.changes.map((one) => ({ ...one, row: openUnlessDamaged(one, sealer) })) ?? []
    return kept && { ...kept, changes }
  }

/** One that is damaged must not keep the others back. */
function openUnlessDamaged({ id, row }: { id: string; row: string | null }, sealer: Opener): string | null {
  try {
    return open(sealer, row, changedRow(id))
  } catch (error) {
    if (isDamaged(error)) return null
    throw error
  }
}
