import type { FoundDatabase } from '../../store/inspection.ts'
import { tryEveryValue } from '../../store/index.ts'
import { tryProbes } from '../../store/try-probes.ts'
import { failure, pass, skip, type Check, type CheckContext, type Finding } from './check.ts'

/** Whether ENCRYPTION_KEYS opens what is stored: the keys that are known to have sealed first, then every row. */
export const keyRing: Check = {
  name: 'key-ring',
  title: 'Encryption keys',
  network: false,
  async run({ settings, inspection }) {
    const found = await inspection()
    if (found.kind !== 'found') return skip('there is no database to try them on')
    const fault = keysAtFault(found, settings)
    if (fault) return fault
    if (found.sealingKeys.length === 0) return pass('good; nothing is sealed yet')
    if (found.pending.length > 0 || found.unknown > 0)
      return skip('their rows are not tried before the database is at the schema of this version')
    return everyRow(settings)
  },
}

function keysAtFault(
  { sealingKeys }: FoundDatabase,
  { encryptionKeys }: CheckContext['settings'],
): Finding | null {
  const { missing, wrong } = tryProbes(sealingKeys, encryptionKeys.reveal())
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
  return null
}

async function everyRow(settings: CheckContext['settings']): Promise<Finding> {
  const { opened, closed } = await tryEveryValue(settings)
  const [first] = closed
  if (closed.some(({ code }) => code === 'seal_unknown_key')) {
    return failure(
      'some values were sealed with a key that is not there',
      'Put every key that was ever in use back into ENCRYPTION_KEYS, behind the one that seals now; then wauth keys rotate.',
    )
  }
  return first
    ? failure(
        `${closed.length} of ${opened + closed.length} sealed values do not open, the first in ${first.table}, row ${first.row} (${first.code})`,
        'Somebody has changed the database by other means: restore it from a backup, or have these customers connect again.',
      )
    : pass(`they open every sealed value (${opened})`)
}
