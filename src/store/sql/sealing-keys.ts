import type { SealingKeyStore } from '../port.ts'
import { all, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { replicaKeys } from './replica-keys.ts'

interface SealingKey {
  id: string
  probe: string
}

const SELECT = sql<SealingKey>('SELECT id, probe_sealed AS probe FROM sealing_keys ORDER BY id')

const INSERT = sql(
  'INSERT INTO sealing_keys (id, probe_sealed) VALUES (@id, @probe) ON CONFLICT (id) DO NOTHING',
)

const REMOVE = sql('DELETE FROM sealing_keys WHERE id = @id')

const everyKey = read(function* (): Steps<SealingKey[]> {
  return yield* all(SELECT)
})

const add = single(function* (key: SealingKey): Steps<boolean> {
  return (yield* run(INSERT, key)) === 1
})

const remove = single(function* (id: string): Steps<void> {
  yield* run(REMOVE, { id })
})

export const sealingKeys = (run: Run): SealingKeyStore => ({
  all: () => run(everyKey),
  add: (key) => run(add, key),
  remove: (id) => run(remove, id),
  ...replicaKeys(run),
})
