import { expect } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../../src/shared/clock.ts'
import { LEAST_TRIES } from '../../../src/upload/give-up.ts'
import { connectAccount, expectComplete, hurriedEnd, uploadEnd } from '../../support/uploads.ts'
import { connectAnother, othersAreServed } from './others.ts'
import { sent, type UnderWay } from './work.ts'

export const UPLOADS: UnderWay[] = [
  {
    work: 'an upload at its full rate',
    options: async () => ({
      overrides: { uploadRate: { limit: 2, window: seconds(1) } },
      exports: { sizes: { acme: { contacts: 300, deals: 100 } } },
    }),
    async begin(connector) {
      const { wazzup, crm } = connector.sandbox
      wazzup.faultsOn('POST', '/v3/users').push(fault.slow(100))
      await connectAccount(connector)
      await expect.poll(() => wazzup.account().contacts.size, { interval: 20 }).toBeGreaterThan(0)
      return async () => {
        const began = performance.now()
        expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
        await expectComplete(crm, wazzup.account())
        const took = performance.now() - began
        // Five requests at the least were left, of which two go out in a second.
        expect(took).toBeGreaterThan(seconds(1.5))
        expect(took).toBeLessThan(seconds(60))
      }
    },
  },
  {
    work: 'an upload that Wazzup asks to wait',
    async begin(connector) {
      await connectAnother(connector)
      const before = sent(connector, 'POST', '/v3/contacts').length
      const asked = () => sent(connector, 'POST', '/v3/contacts').length - before
      connector.sandbox.wazzup.faultsOn('POST', '/v3/contacts').push(fault.rateLimited(120))
      await connectAccount(connector)
      await expect.poll(() => connector.log.events('upload.waits').length).toBe(1)
      return async () => {
        await othersAreServed(connector)
        expect(asked()).toBe(1)
        await connector.moveTime(seconds(121))
        expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
        expect(asked()).toBe(2)
      }
    },
  },
  {
    work: 'an upload whose patience is tried',
    async begin(connector, ms) {
      const { wazzup, crm } = connector.sandbox
      const trouble = Array.from({ length: LEAST_TRIES }, () => fault.unavailable())
      wazzup.faultsOn('POST', '/v3/users').push(...trouble)
      await connectAccount(connector)
      const waits = () => connector.log.events('upload.waits').length
      await expect.poll(waits).toBeGreaterThan(0)
      return async () => {
        // All together more than the patience lasts.
        connector.setClock(6 * ms)
        expect(await hurriedEnd(connector)).toMatchObject({ status: 'done' })
        expect(waits()).toBe(LEAST_TRIES)
        await expectComplete(crm, wazzup.account())
      }
    },
  },
]
