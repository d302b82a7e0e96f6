import type { Place, Sealer } from '../crypto/sealer.ts'
import type { CurrentKeys } from './key.ts'
import { placeOf, SEALED } from './sealed-columns.ts'

export type Opener = Pick<Sealer, 'open'>

/** Null stays null. */
export const open = (sealer: Opener, sealed: string | null, place: Place): string | null =>
  sealed === null ? null : sealer.open(sealed, place)

/**
 * The same, opened once somebody asks for it: every request of a browser finds its attempt, and one of seven needs what is sealed in
 * it. That the key is missing here shows at once, before a person does something that cannot come to its end.
 * @throws SealError `seal_unknown_key`
 */
export function openLater(sealer: Sealer, sealed: string | null, place: Place): () => string | null {
  const isOurs = sealed === null || sealer.opens.some((beginning) => sealed.startsWith(beginning))
  let text = isOurs ? undefined : open(sealer, sealed, place)
  return () => (text ??= open(sealer, sealed, place))
}

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
