import type { Place, Sealer } from '../crypto/sealer.ts'
import type { CurrentKeys } from './key.ts'
import { placeOf, SEALED } from './sealed-columns.ts'

export type Opener = Pick<Sealer, 'open'>

/** Null stays null. */
export const open = (sealer: Opener, sealed: string | null, place: Place): string | null =>
  sealed === null ? null : sealer.open(sealed, place)

export const apiKeyOf = (generationId: string): Place => placeOf(SEALED.apiKey, generationId)
export const crmKeyOf = (generationId: string): Place => placeOf(SEALED.crmKey, generationId)

/** What the engine yields with an apiKey, which is opened when somebody asks for it, not before. */
export function sealKey<K extends { generationId: string; apiKey: () => string | null }>(
  key: K,
  sealer: Opener,
): K {
  return { ...key, apiKey: () => open(sealer, key.apiKey(), apiKeyOf(key.generationId)) }
}

/** The same with the crmKey. */
export const sealBoth = (keys: CurrentKeys, sealer: Opener): CurrentKeys => ({
  ...sealKey(keys, sealer),
  crmKey: () => open(sealer, keys.crmKey(), crmKeyOf(keys.generationId)),
})
