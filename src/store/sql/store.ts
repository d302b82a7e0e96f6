import type { KeyStore, Store, StoreCounts } from '../port.ts'
import { attempts } from './attempts.ts'
import { audit } from './audit.ts'
import { changes } from './changes.ts'
import { changedConnections } from './changed-connections.ts'
import { cleanUp } from './clean-up.ts'
import { counts } from './counts.ts'
import { connections } from './connections.ts'
import { findCurrentKey } from './current-key.ts'
import { deliveries } from './deliveries.ts'
import { exchanges } from './exchanges.ts'
import { writeHealth } from './health-write.ts'
import { installs } from './installs.ts'
import type { Run } from './operation.ts'
import { sealedValues } from './sealed-values.ts'
import { sealingKeys } from './sealing-keys.ts'
import { claims, notes, parked } from './short-lived.ts'
import { support } from './support.ts'
import { switchOffs } from './switch-offs.ts'
import { uploadClaims } from './upload-claims.ts'
import { uploadProgress } from './upload-progress.ts'
import { uploads } from './uploads.ts'

/** What an engine does in its own way, for a reason that it has measured. */
export interface OwnWays {
  open: Store['attempts']['open']
  findKey: KeyStore['find']
  connectionCounts: () => Promise<StoreCounts['connections']>
  uploadCounts: Store['uploads']['counts']
  ping: Store['ping']
  databaseTime: Store['databaseTime']
  wipe: Store['wipe']
  close: Store['close']
}

/** The store over what runs operations. */
export const storeOf = (run: Run, own: OwnWays): Store => ({
  attempts: attempts(run, own.open),
  exchanges: exchanges(run),
  connections: { ...connections(run), ...changedConnections(run) },
  keys: keysOf(run, own.findKey),
  claims: claims(run),
  notes: notes(run),
  parked: parked(run),
  uploads: { ...uploads(run), ...uploadClaims(run), ...uploadProgress(run), counts: own.uploadCounts },
  changes: changes(run),
  switchOffs: switchOffs(run),
  deliveries: deliveries(run),
  installs: installs(run),
  audit: audit(run),
  support: support(run),
  ...recordsOf(run),
  cleanUp: cleanUp(run, own.wipe),
  counts: counts(run, own.connectionCounts),
  ping: own.ping,
  databaseTime: own.databaseTime,
  wipe: own.wipe,
  proveWritable: (now) => run(writeHealth, now),
  close: own.close,
})

export const keysOf = (run: Run, find: KeyStore['find']): KeyStore => ({
  find,
  current: (crmAccountId) => run(findCurrentKey, crmAccountId),
})

/** What tells with which keys a database was sealed. */
export const recordsOf = (run: Run): Pick<Store, 'sealingKeys' | 'sealedValues'> => ({
  sealingKeys: sealingKeys(run),
  sealedValues: sealedValues(run),
})
