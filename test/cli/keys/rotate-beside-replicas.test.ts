import { expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { realEnvironment } from '../../../src/compose/environment.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { loadSettings } from '../../../src/settings.ts'
import { announcedKeys } from '../../../src/store/index.ts'
import { connectorAtHand, pressConfirm, walkToConfirm, type TestConnector } from '../../support/connector.ts'
import { newKey } from '../../support/filled-database.ts'
import { freePort } from '../../support/free-port.ts'
import { lookUp, TOKEN } from '../../support/internal-at-hand.ts'
import { lonelySetUpAtHand } from '../../support/set-up.ts'
import { wauth } from '../../support/wauth-command.ts'

/** A change of the encryption key beside a service that runs, as an operator makes it and as one forgets a step of it. */
const [K1, K2] = [newKey('k1'), newKey('k2')]
const { replica } = realEnvironment
let connector: TestConnector
let crmKey: string

async function serveWith(...keys: string[]) {
  connector = await connectorAtHand({
    env: {
      ...{ INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: String(await freePort()) },
      ENCRYPTION_KEYS: keys.join(','),
    },
  })
  const { browser } = await walkToConfirm(connector)
  await pressConfirm(browser)
  crmKey = connector.sandbox.wazzup.connects()[0]?.crmKey ?? ''
  expect((await served()).status).toBe(200)
}

const served = () => lookUp({ url: connector.internalUrl }, crmKey)

const command = (args: string[], ...keys: string[]) =>
  wauth(args, { env: { ...connector.environment, ENCRYPTION_KEYS: keys.join(',') } })

const rotate = (options: string[], ...keys: string[]) => command(['keys', 'rotate', ...options], ...keys)

async function keyRing(...keys: string[]) {
  const { code, stdout } = await command(['check', '--offline', '--json'], ...keys)
  const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; says: string }[] }
  return { code, ...checks.find(({ name }) => name === 'key-ring') }
}

test('is refused while a running replica lacks the key: it is named, and nothing is changed', async () => {
  await serveWith(K1)
  const dry = await rotate(['--dry-run', '--json'], K2, K1)
  expect(JSON.parse(dry.stdout)).toMatchObject({ key: 'k2', lacking: [replica] })
  const refused = await rotate(['--yes'], K2, K1)
  expect(refused).toMatchObject({ code: 78, stdout: '' })
  expect(refused.stderr).toContain('encryption_key_not_everywhere')
  expect(refused.stderr).toContain(replica)
  expect(refused.stderr).toContain('Put k2 behind the older keys')
  const again = await rotate(['--dry-run', '--json'], K2, K1)
  expect(again.stdout).toBe(dry.stdout)
  expect((await served()).status).toBe(200)
  // Nor is the key noted, which would keep a replica without it from starting.
  expect((await command(['connections', 'list'], K1)).code).toBe(0)
})

test('asks about handlers in process, which cannot be seen', async () => {
  await serveWith(K2, K1)
  const asked = await rotate([], K2, K1)
  expect(asked).toMatchObject({ code: 1, stdout: '' })
  expect(asked.stderr).toContain('confirmation_needed')
  expect(asked.stderr).toContain('--yes')
})

test('leaves the older key where a running replica still seals with it, and names that one', async () => {
  await serveWith(K1, K2)
  const early = await rotate(['--yes', '--json'], K2, K1)
  expect(JSON.parse(early.stdout)).toMatchObject({ toDo: 0, forgotten: [], sealingOtherwise: [replica] })
  expect((await served()).status).toBe(200)
  await connector.app.stop()
  const after = await rotate(['--yes'], K2, K1)
  expect(after.stdout).toContain('No value needs k1 any more')
})

test('is not held up by a replica that has stopped', async () => {
  await serveWith(K1)
  await connector.app.stop()
  expect((await rotate(['--yes'], K2, K1)).code).toBe(0)
})

test('a process that has checked its keys before the rotation, and shows itself only after it, does not start', async () => {
  const { env } = await lonelySetUpAtHand({ ENCRYPTION_KEYS: K1 })
  const settings = loadSettings({ env, readFile: () => '' })
  const app = await createApp(settings, createLogger('silent'), {
    ...realEnvironment,
    registerProcess: () => undefined,
  })
  onTestFinished(async () => {
    await app.stop()
  })
  const rotated = await wauth(['keys', 'rotate', '--yes'], {
    env: { ...env, ENCRYPTION_KEYS: [K2, K1].join(',') },
  })
  expect(rotated.code).toBe(0)
  await expect(app.start()).rejects.toMatchObject({ code: 'encryption_key_missing' })
  expect(await announcedKeys(settings)).toEqual([])
})

test('wauth check says what does not fit between its keys and those of running replicas', async () => {
  await serveWith(K1, K2)
  expect(await keyRing(K1, K2)).toMatchObject({ code: 0, status: 'pass' })
  const says = expect.stringContaining(`${replica} (k1, k2)`) as string
  expect(await keyRing(K2, K1)).toMatchObject({ code: 0, status: 'warning', says })
  expect(await keyRing(newKey('k3'), K1, K2)).toMatchObject({ code: 1, status: 'failure', says })
})

test('wauth check fails where a replica seals with a key that is not there', async () => {
  await serveWith(K1)
  expect(await keyRing(K1)).toMatchObject({ status: 'pass' })
  await connector.store.sealingKeys.announce({ name: 'web-9:7', id: 'another', keys: ['k2', 'k1'] })
  const says = expect.stringContaining('web-9:7 (k2, k1)') as string
  expect(await keyRing(K1)).toMatchObject({ code: 1, status: 'failure', says })
})
