import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { openStore } from '../../src/store/index.ts'
import { resealer } from '../../src/store/reseal.ts'
import type { Settings } from '../../src/settings.ts'

/**
 * Seals everything again with the first of these keys, as if no replica had said which keys it has: as replicas do that seal
 * with a key which others lack. `wauth keys rotate` refuses it. Resolves to how many values it changed.
 */
export async function sealAgain(
  { database }: Pick<Settings, 'database'>,
  ...keys: string[]
): Promise<number> {
  const setting = encryptionKeys().parse(keys.join(','))
  const store = await openStore({ database, encryptionKeys: setting })
  const ring = createKeyRing(setting.reveal())
  const unheard = { ...store, sealingKeys: { ...store.sealingKeys, announced: async () => [] } }
  let resealed = 0
  for await (const values of resealer(unheard, ring, createSealer(ring)).reseal()) resealed += values
  await store.close()
  return resealed
}
