import { expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import { createInstallsWatch } from '../../src/store/installs-watch.ts'
import { NEVER_PAUSED } from '../../src/store/installs.ts'
import { NOON } from '../support/attempts.ts'
import { collectLog } from '../support/log-lines.ts'

const PAUSED = { paused: true, reason: 'a secret plan', changedBy: 'Olga', changedAt: NOON }
const RESUMED = { paused: false, reason: null, changedBy: 'Olga', changedAt: NOON }

test('a pause is told in the log once, without its reason, and again when it is over', async () => {
  const log = collectLog()
  let now = NEVER_PAUSED
  const installs = { read: async () => now, set: async () => now }
  const watch = createInstallsWatch({ installs }, createLogger('trace', log.destination))
  for (const next of [NEVER_PAUSED, PAUSED, { ...PAUSED, reason: 'another' }]) {
    now = next
    await watch.look()
    expect(watch.known()).toEqual(next)
  }
  expect(log.events('installs.paused')).toMatchObject([{ level: 'warn', since: NOON.toISOString() }])
  now = RESUMED
  await watch.look()
  expect(log.events('installs.resumed')).toMatchObject([{ level: 'info' }])
  expect(log.text()).not.toContain('a secret plan')
})

test('while the store gives no answer, what it has said last counts', async () => {
  let ask = () => Promise.resolve(PAUSED)
  const installs = { read: () => ask(), set: async () => PAUSED }
  const watch = createInstallsWatch({ installs }, createLogger('silent'))
  await watch.look()
  ask = () => Promise.reject(new StoreUnavailable('gone', { code: 'storage_unavailable', hint: 'Wait.' }))
  await expect(watch.look()).rejects.toThrow('gone')
  expect(watch.known()).toEqual(PAUSED)
})
