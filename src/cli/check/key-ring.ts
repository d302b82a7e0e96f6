import type { FoundDatabase } from '../../store/inspection.ts'
import { announcedKeys, tryEveryValue } from '../../store/index.ts'
import type { ReplicaKeys } from '../../store/port.ts'
import { tryProbes } from '../../store/try-probes.ts'
import { failure, pass, skip, warning, type Check, type CheckContext, type Finding } from './check.ts'

/**
 * Whether ENCRYPTION_KEYS opens what is stored: the keys that are known to have sealed first, then every row. Then whether
 * the running replicas have the same.
 */
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
    const rows = await everyRow(settings)
    if (rows.status !== 'pass') return rows
    return besideReplicas(settings, await announcedKeys(settings)) ?? rows
  },
}

/** What does not fit together between these settings and those of the replicas that run; null when all does. */
function besideReplicas(
  { encryptionKeys }: CheckContext['settings'],
  replicas: readonly ReplicaKeys[],
): Finding | null {
  const here = encryptionKeys.reveal().map(({ id }) => id)
  const [sealing = ''] = here
  const lacking = replicas.filter(({ keys }) => !keys.includes(sealing))
  if (lacking.length > 0) {
    return failure(
      `${sealing} seals, and these running replicas could not open what it seals: ${namesOf(lacking)}`,
      `Put ${sealing} behind the older keys on every replica first, and restart them all; then put it in front.`,
    )
  }
  const ahead = replicas.filter(({ keys: [theirs = ''] }) => !here.includes(theirs))
  if (ahead.length > 0) {
    return failure(
      `these running replicas seal with a key that is not there: ${namesOf(ahead)}`,
      'Put that key into ENCRYPTION_KEYS, behind the one that seals.',
    )
  }
  const other = replicas.filter(({ keys }) => keys.join() !== here.join())
  if (other.length === 0) return null
  return warning(
    `they open every sealed value, and these running replicas have others: ${namesOf(other)}`,
    'Restart them with the same keys in the same order, before the next step of a change of the key.',
  )
}

const namesOf = (replicas: readonly ReplicaKeys[]) =>
  replicas.map(({ name, keys }) => `${name} (${keys.join(', ')})`).join(', ')

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
