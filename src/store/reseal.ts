import type { KeyRing } from '../crypto/key-ring.ts'
import { sealedPrefix, type Sealer } from '../crypto/sealer.ts'
import { noteSealingKey } from './check-keys.ts'
import { StoreUnusable } from './errors.ts'
import type { ReplicaKeys, SealedColumn, Store } from './port.ts'
import { placeOf, SEALED_COLUMNS } from './sealed-columns.ts'
import { ANNOUNCED_FOR } from './sealing-records.ts'
import { sealedPages } from './sealed-pages.ts'

/**
 * Changes the key under the values of a store, while the service goes on using it. Where it stands is in the values
 * themselves: each says by which key it is sealed, so that after a kill the next run goes on with what is left.
 */
export interface Resealer {
  /** The key that seals from now on. */
  keyId: string
  /** Values that other keys have sealed. */
  count(): Promise<number>
  /** Running replicas, by name: those that lack the key, and those that seal with another one. */
  others(): Promise<{ lacking: string[]; sealingOtherwise: string[] }>
  /**
   * Re-seals them, page by page; each page yields how many values it has changed.
   * @throws StoreUnusable when a running replica could not open them; no value is changed then
   */
  reseal(): AsyncIterable<number>
  /**
   * Forgets keys that no value needs any more and no running replica seals with; resolves to their ids. They may leave
   * `ENCRYPTION_KEYS` then.
   */
  forgetUnused(): Promise<string[]>
  close(): Promise<void>
}

/** What of an engine is needed to change the key under its values. */
type Values = Pick<Store, 'sealedValues' | 'sealingKeys' | 'close'>
type Keys = Pick<Store, 'sealingKeys'>

export function resealer(engine: Values, ring: KeyRing, sealer: Sealer): Resealer {
  const but = [sealedPrefix(ring.sealing.id)]
  const count = async () => {
    let sum = 0
    for (const column of SEALED_COLUMNS) sum += await engine.sealedValues.count(column, but)
    return sum
  }
  const { id: keyId } = ring.sealing
  return {
    keyId,
    count,
    others: () => othersOf(engine, keyId),
    async *reseal() {
      await noteEverywhere(engine, ring, sealer)
      for (const column of SEALED_COLUMNS) yield* resealColumn(column, { engine, sealer, but })
    },
    async forgetUnused() {
      // A replica that still seals with an older key may have done so behind our back.
      if ((await count()) > 0) return []
      const inUse = (await engine.sealingKeys.announced()).map(({ keys: [sealing] }) => sealing)
      const unused = (await engine.sealingKeys.all()).filter(({ id }) => id !== keyId && !inUse.includes(id))
      for (const { id } of unused) await engine.sealingKeys.remove(id)
      return unused.map(({ id }) => id)
    },
    close: () => engine.close(),
  }
}

async function othersOf({ sealingKeys }: Keys, keyId: string) {
  const all = await sealingKeys.announced()
  return {
    lacking: namesOf(all.filter(({ keys }) => !keys.includes(keyId))),
    sealingOtherwise: namesOf(all.filter(({ keys: [sealing] }) => sealing !== keyId)),
  }
}

async function mustBeEverywhere(engine: Keys, keyId: string) {
  const { lacking } = await othersOf(engine, keyId)
  if (lacking.length > 0) throw notEverywhere(keyId, lacking)
}

/** From here on no process starts without the key; one may have started meanwhile. */
async function noteEverywhere(engine: Values, ring: KeyRing, sealer: Sealer) {
  const { id } = ring.sealing
  await mustBeEverywhere(engine, id)
  const isNew = await noteSealingKey(engine, ring, sealer)
  try {
    await mustBeEverywhere(engine, id)
  } catch (error) {
    if (isNew) await takeBack(engine, id)
    throw error
  }
}

/** Replicas may start without it again. One that seals with it, and is seen only after this, notes it once more. */
async function takeBack({ sealingKeys }: Keys, keyId: string) {
  const all = await sealingKeys.announced()
  if (!all.some(({ keys: [sealing] }) => sealing === keyId)) await sealingKeys.remove(keyId)
}

const namesOf = (replicas: readonly ReplicaKeys[]) => replicas.map(({ name }) => name)

const notEverywhere = (keyId: string, lacking: readonly string[]) =>
  new StoreUnusable(`No value was changed: the key ${keyId} is not on ${lacking.join(', ')}, still running`, {
    code: 'encryption_key_not_everywhere',
    hint: `Put ${keyId} behind the older keys in ENCRYPTION_KEYS of every replica, and restart them all; then in front, and restart them all again. A replica that was killed counts as running for ${ANNOUNCED_FOR / 1000} seconds.`,
  })

interface Work {
  engine: Values
  sealer: Sealer
  but: readonly string[]
}

async function* resealColumn(column: SealedColumn, { engine, sealer, but }: Work): AsyncIterable<number> {
  for await (const page of sealedPages(engine, column, but)) {
    for (const { row, sealed } of page) {
      const place = placeOf(column, row)
      const to = sealer.seal(sealer.open(sealed, place), place)
      // The service may have changed or erased the value meanwhile; what it writes is sealed by its own key.
      await engine.sealedValues.replace(column, { row, from: sealed, to })
    }
    yield page.length
  }
}
