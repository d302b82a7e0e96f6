import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { realEnvironment } from '../../../src/compose/environment.ts'
import { healthWhileStarting } from '../../../src/http/internal/health-while-starting.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { loadSettings } from '../../../src/settings.ts'
import { freePort } from '../../support/free-port.ts'
import { lonelySetUpAtHand } from '../../support/set-up.ts'

test('a service is alive while it starts, also as long as its database keeps the last part of that waiting', async () => {
  const { env, folder } = await lonelySetUpAtHand({ INTERNAL_PORT: String(await freePort()) })
  const settings = loadSettings({ env, readFile: () => '' })
  const early = await healthWhileStarting(settings.listeners.internal)
  const app = await createApp(settings, createLogger('silent'), {
    ...realEnvironment,
    registerProcess: () => undefined,
  })
  onTestFinished(async () => {
    await app.stop()
  })
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${env['INTERNAL_PORT']}${path}`)).status
  const other = new Database(join(folder, 'wauth.db'))
  other.exec('BEGIN EXCLUSIVE')
  const started = app.start({ beforeListening: () => early.close() })
  expect(await ask('/livez')).toBe(200)
  expect(await ask('/readyz')).toBe(503)
  other.close()
  await started
  expect(await ask('/livez')).toBe(200)
  expect(await ask('/readyz')).toBe(200)
})
