import { tryProbes } from '../../store/try-probes.ts'
import { failure, pass, skip, type Check, type CheckContext, type Finding } from './check.ts'

export const keyRing: Check = {
  name: 'key-ring',
  title: 'Encryption keys',
  network: false,
  run: keyRingCheck,
}

/**
 * Whether ENCRYPTION_KEYS opens what is stored. Every key that has ever sealed a row has left a probe, so the probes
 * stand for the rows; to walk the rows themselves, this is the place.
 */
export function keyRingCheck({ settings, inspection }: CheckContext): Finding {
  const found = inspection()
  if (found.kind !== 'found') return skip('there is no database to try them on')
  const { missing, wrong } = tryProbes(found.sealingKeys, settings.encryptionKeys.reveal())
  if (missing.length > 0) {
    return failure(
      `the database has values that only these keys open, and they are not there: ${missing.join(', ')}`,
      'Put them back into ENCRYPTION_KEYS, behind the one that seals now.',
    )
  }
  if (wrong.length > 0) {
    return failure(
      `these keys have other bytes than those that sealed the values: ${wrong.join(', ')}`,
      'Put the right key back under its id; give a new key a new id.',
    )
  }
  return pass(
    found.sealingKeys.length === 0
      ? 'good; nothing is sealed yet'
      : `they open what is stored (sealed with: ${found.sealingKeys.map(({ id }) => id).join(', ')})`,
  )
}
