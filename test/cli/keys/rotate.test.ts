import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../../src/store/index.ts'
import { connected, openedKey } from '../../support/attempts.ts'
import { filledDatabase, newKey, type FilledDatabase } from '../../support/filled-database.ts'
import { wauth } from '../../support/wauth-command.ts'
import { onOneEngine } from '../../support/on-one-engine.ts'

const ACCOUNTS = 400
const [K1, K2] = [newKey('k1'), newKey('k2')]
const crmKeys: string[] = []
let at: FilledDatabase
beforeAll(async () => {
  at = await filledDatabase(
    async (store) => {
      for (let i = 0; i < ACCOUNTS; i++)
        crmKeys.push((await connected(store, `account-${i}`, `api-key-${i}`)).crmKey)
    },
    { ENCRYPTION_KEYS: K1 },
  )
}, 120_000)
afterAll(() => at.remove())

const rotate = (keys: string, options: string[] = [], more = {}) =>
  wauth(['keys', 'rotate', '--yes', ...options], { env: { ...at.env, ENCRYPTION_KEYS: keys }, ...more })

const fingerprint = () => at.database.fingerprint()

describe('changing the encryption key, from the first step to the last', onOneEngine, () => {
  test('a dry run says how much there is to do, and writes nothing', async () => {
    const before = await fingerprint()
    const { code, stdout } = await rotate(`${K2},${K1}`, ['--dry-run', '--json'])
    expect(code).toBe(0)
    // crmKey and apiKey of each account.
    expect(JSON.parse(stdout)).toMatchObject({ key: 'k2', toDo: 2 * ACCOUNTS, resealed: 0, forgotten: [] })
    expect(await fingerprint()).toBe(before)
  })

  test('killed in the middle, it has changed some, and everything still opens', async () => {
    const { signal, stderr } = await rotate(`${K2},${K1}`, [], {
      onOutput: (child: { kill: (signal: NodeJS.Signals) => void }, said: string) => {
        if (said.includes('Re-sealing: ')) child.kill('SIGKILL')
      },
    })
    expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' })
    const left = JSON.parse((await rotate(`${K2},${K1}`, ['--dry-run', '--json'])).stdout) as { toDo: number }
    expect(left.toDo).toBeGreaterThan(0)
    expect(left.toDo).toBeLessThan(2 * ACCOUNTS)
    const store = await openStore(at.settings({ ENCRYPTION_KEYS: `${K2},${K1}` }))
    for (const [i, crmKey] of crmKeys.entries()) {
      expect((await openedKey(store, crmKey))?.apiKey).toBe(`api-key-${i}`)
    }
    await store.close()
  })

  test('the older key cannot be left out while values need it, and nothing is written then', async () => {
    const before = await fingerprint()
    const { code, stderr } = await wauth(['connections', 'list'], { env: { ...at.env, ENCRYPTION_KEYS: K2 } })
    expect(code).toBe(78)
    expect(stderr).toContain('encryption_key_missing')
    expect(stderr).toContain('Put the older key back')
    expect(await fingerprint()).toBe(before)
  })

  test('the next run goes on with what is left, shows its progress, and says which key may go', async () => {
    const { code, stdout, stderr } = await rotate(`${K2},${K1}`)
    expect(code).toBe(0)
    // How many lines there are depends on how much the run before has left.
    expect(stderr).toMatch(/^Re-sealing: (\d+) of \1$/m)
    expect(stdout).toContain('No value needs k1 any more: take it out of ENCRYPTION_KEYS.')
    expect(stdout + stderr).not.toContain(K2.split(':')[1])
  })

  test('then the new key alone opens everything', async () => {
    const store = await openStore(at.settings({ ENCRYPTION_KEYS: K2 }))
    for (const [i, crmKey] of crmKeys.entries()) {
      expect((await openedKey(store, crmKey))?.apiKey).toBe(`api-key-${i}`)
    }
    await store.close()
  })

  test('the same id with other bytes is found out at once', async () => {
    const before = await fingerprint()
    const { code, stderr } = await rotate(newKey('k2'))
    expect(code).toBe(78)
    expect(stderr).toContain('encryption_key_wrong')
    expect(await fingerprint()).toBe(before)
  })

  test('a value of a key that left no probe keeps the start from happening, too', async () => {
    await at.database.order('DELETE FROM sealing_keys')
    const { code, stderr } = await rotate(newKey('k9'))
    expect(code).toBe(78)
    expect(stderr).toContain('encryption_key_missing')
  })
})
