import { expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { connectorAtHand } from '../support/connector.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

test.each([-hours(1), -minutes(20), minutes(20), hours(1)])(
  'an upload at its full rate goes on, and no faster, when the clock is set by %i ms',
  async (ms) => {
    const rate = { limit: 2, window: seconds(1) }
    const connector = await connectorAtHand({
      overrides: { uploadRate: rate },
      exports: { sizes: { acme: { contacts: 300, deals: 100 } } },
    })
    const { wazzup, crm } = connector.sandbox
    wazzup.faultsOn('POST', '/v3/users').push(fault.slow(100))
    await connectAccount(connector)
    await expect.poll(() => wazzup.account().contacts.size, { interval: 20 }).toBeGreaterThan(0)
    const began = performance.now()
    connector.setClock(ms)
    expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
    await expectComplete(crm, wazzup.account())
    const took = performance.now() - began
    // Five requests at the least were left, of which two go out in a second.
    expect(took).toBeGreaterThan(seconds(1.5))
    expect(took).toBeLessThan(seconds(60))
  },
)
