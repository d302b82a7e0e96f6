import { expect, test } from 'vitest'
import { openAttempt } from '../../../src/connect/steps/open-attempt.ts'
import type { ConnectDeps, Visit } from '../../../src/connect/visit.ts'
import { StoreUnavailable } from '../../../src/store/errors.ts'

const gone = new StoreUnavailable('gone', { code: 'storage_unavailable', hint: 'Wait.' })

/** Opens an attempt while the store gives no answer. */
function openBlindly(wasPaused: boolean) {
  const deps = {
    store: { attempts: { open: () => Promise.reject(gone) } },
    ...{ random: () => 'random', settings: {}, meter: { missed: () => undefined } },
    wasPaused: () => wasPaused,
  }
  return openAttempt({ state: 'opaque' } as Visit, deps as unknown as ConnectDeps)
}

test('while the store gives no answer, the pause that was known last turns attempts away', async () => {
  expect(await openBlindly(true)).toMatchObject({ kind: 'refused', problem: 'installs_paused' })
  await expect(openBlindly(false)).rejects.toBe(gone)
})
