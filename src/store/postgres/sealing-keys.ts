import type { SealingKeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

const SELECT = statement<{ id: string; probe: string }>(
  'SELECT id, probe_sealed AS probe FROM sealing_keys ORDER BY id',
)

const INSERT = statement(
  'INSERT INTO sealing_keys (id, probe_sealed) VALUES (@id, @probe) ON CONFLICT (id) DO NOTHING',
)

const REMOVE = statement('DELETE FROM sealing_keys WHERE id = @id')

export function sealingKeys(db: Session): SealingKeyStore {
  return {
    all: () => db.all(SELECT),
    async add(key) {
      await db.run(INSERT, key)
    },
    async remove(id) {
      await db.run(REMOVE, { id })
    },
  }
}
