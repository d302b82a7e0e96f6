import type { Database } from 'better-sqlite3'
import type { SealingKeyStore } from '../port.ts'
import { guarded } from './guarded.ts'

export function sealingKeys(db: Database): SealingKeyStore {
  const select = db.prepare<[], { id: string; probe: string }>(
    'SELECT id, probe_sealed AS probe FROM sealing_keys',
  )
  const insert = db.prepare(
    'INSERT INTO sealing_keys (id, probe_sealed) VALUES (@id, @probe) ON CONFLICT (id) DO NOTHING',
  )
  const remove = db.prepare('DELETE FROM sealing_keys WHERE id = ?')
  return {
    all: () => guarded(db, () => select.all()),
    add: (key) =>
      guarded(db, () => {
        insert.run(key)
      }),
    remove: (id) =>
      guarded(db, () => {
        remove.run(id)
      }),
  }
}
