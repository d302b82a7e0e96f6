import { afterEach, beforeEach, expect, test } from 'vitest'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { openStore } from '../../src/store/index.ts'
import { createKeyWatch } from '../../src/store/key-watch.ts'
import type { Store } from '../../src/store/port.ts'
import { claimed, connected } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { newKey } from '../support/filled-database.ts'
import { collectLog } from '../support/log-lines.ts'
import { tempDir } from '../support/temp-dir.ts'

const [K1, K2] = [newKey('k1'), newKey('k2')]
let open: (keys: string) => Promise<Store>
let older: Store
let close: () => Promise<void>
beforeEach(async () => {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const opened: Store[] = []
  open = async (keys) => {
    const store = await openStore({
      database: database.address,
      encryptionKeys: encryptionKeys().parse(keys),
    })
    opened.push(store)
    return store
  }
  older = await open(K1)
  close = async () => {
    for (const store of opened) await store.close()
    await database.remove()
    await folder.remove()
  }
})
afterEach(() => close())

function watchOf(store: Store, keys: string[]) {
  const log = collectLog()
  const replica = { name: 'web-1:7', id: 'a', keys }
  const note = () => store.sealingKeys.add({ id: keys[0] ?? '', probe: 'sealed' })
  const watch = createKeyWatch(store, replica, { log: createLogger('trace', log.destination), note })
  return { watch, log }
}

test('a key that is noted and has sealed nothing is not missed', async () => {
  const { watch } = watchOf(older, ['k1'])
  await connected(older, 'acme', 'api-key-1')
  await open(`${K2},${K1}`)
  await watch.look()
  expect(watch.lacking()).toEqual([])
})

test('a key that values need is missed by its id, told once, and told again when it is over', async () => {
  const { watch, log } = watchOf(older, ['k1'])
  const newer = await open(`${K2},${K1}`)
  await claimed(newer, 'acme')
  await watch.look()
  await watch.look()
  expect(watch.lacking()).toEqual(['k2'])
  expect(log.events('keys.lacking')).toMatchObject([
    { level: 'error', code: 'seal_unknown_key', keys: ['k2'] },
  ])
  await newer.sealingKeys.remove('k2')
  await watch.look()
  expect(watch.lacking()).toEqual([])
  expect(log.events('keys.complete')).toMatchObject([{ level: 'info', keys: ['k2'] }])
})

test('a replica that has the key misses nothing, and its keys are known to others until it stops', async () => {
  const newer = await open(`${K2},${K1}`)
  const { watch } = watchOf(newer, ['k2', 'k1'])
  await claimed(newer, 'acme')
  await watch.look()
  expect(watch.lacking()).toEqual([])
  expect(await older.sealingKeys.announced()).toMatchObject([{ name: 'web-1:7', keys: ['k2', 'k1'] }])
  await watch.withdraw()
  expect(await older.sealingKeys.announced()).toEqual([])
})

test('a key that is taken back before its replica shows itself is noted again when it does', async () => {
  const newer = await open(`${K2},${K1}`)
  const { watch } = watchOf(newer, ['k2', 'k1'])
  await newer.sealingKeys.remove('k2')
  await watch.begin()
  expect((await older.sealingKeys.all()).map(({ id }) => id)).toEqual(['k1', 'k2'])
})
