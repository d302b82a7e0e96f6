import { expect, vi } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { hours, minutes } from '../../../src/shared/clock.ts'
import { allOn, handlerAtHand } from '../../sandbox/wazzup/handler-at-hand.ts'
import { ask, lookUp } from '../../support/internal-at-hand.ts'
import { connectAccount, uploadEnd } from '../../support/uploads.ts'
import { connectAnother, othersAreServed, tries } from './others.ts'
import { MARGIN, sent, SOON, type UnderWay } from './work.ts'

export const KEYS: UnderWay[] = [
  {
    work: 'the tries of an apiKey, one an hour',
    async begin(connector) {
      await connectAnother(connector)
      await connectAccount(connector)
      await uploadEnd(connector)
      const ofAcme = () => tries(connector, 'acme')
      await expect.poll(ofAcme).toBe(1)
      return async () => {
        await connector.moveTime(hours(1) - MARGIN)
        await othersAreServed(connector)
        expect(ofAcme()).toBe(1)
        await connector.moveTime(MARGIN)
        await expect.poll(ofAcme, SOON).toBe(2)
      }
    },
  },
  {
    work: 'the comparison of the webhooks address, one a day',
    options: async () => ({ env: { WEBHOOKS_URL: (await handlerAtHand()).url } }),
    async begin(connector) {
      const { wazzup } = connector.sandbox
      await connectAccount(connector)
      await uploadEnd(connector)
      await expect.poll(() => tries(connector, 'acme')).toBe(1)
      const read = sent(connector, 'GET', '/v3/webhooks').length
      wazzup.account().webhooks.uri = 'https://other.example/hook'
      const warning = async () => (await connector.store.connections.find('acme'))?.warning
      return async () => {
        await connector.moveTime(hours(24) - MARGIN)
        // The workers have gone round.
        await expect.poll(() => tries(connector, 'acme'), SOON).toBe(2)
        expect(sent(connector, 'GET', '/v3/webhooks')).toHaveLength(read)
        await connector.moveTime(MARGIN + minutes(1))
        await expect.poll(warning, SOON).toBe('address_overwritten')
      }
    },
  },
  {
    work: 'webhooks that are to be switched off',
    options: async () => ({ env: { WEBHOOKS_URL: (await handlerAtHand()).url } }),
    async begin(connector, ms) {
      const { wazzup } = connector.sandbox
      await connectAccount(connector)
      await uploadEnd(connector)
      expect(wazzup.account().webhooks.subscriptions).toEqual(allOn)
      wazzup.faultsOn('GET', '/v3/webhooks').push(fault.unavailable(500), fault.unavailable(500))
      const at = { url: connector.internalUrl }
      const { body } = await ask(at, '/v1/connections/acme', { method: 'DELETE' })
      expect(body).toMatchObject({ subscriptions: 'failed' })
      return async () => {
        // All together more than a day.
        connector.setClock(75 * ms)
        await expect.poll(() => connector.log.events('keys.switched_off').length, SOON).toBe(1)
        expect(connector.log.events('keys.switch_off_given_up')).toEqual([])
        expect(Object.values({ ...wazzup.account().webhooks.subscriptions })).not.toContain(true)
      }
    },
  },
  {
    work: 'the grace of an older crmKey',
    async begin(connector) {
      const at = { url: connector.internalUrl }
      const connections = () => connector.sandbox.wazzup.connections()
      await connectAnother(connector)
      await connectAccount(connector)
      await connectAccount(connector)
      const [older, newer] = connections()
        .slice(-2)
        .map(({ crmKey }) => crmKey)
      const says = async (crmKey = '') => (await lookUp(at, crmKey)).body?.['keyStatus'] ?? null
      return async () => {
        expect([await says(older), await says(newer)]).toEqual(['previous', 'current'])
        await connector.moveTime(hours(24) - MARGIN)
        await othersAreServed(connector)
        expect([await says(older), await says(newer)]).toEqual(['previous', 'current'])
        await connector.moveTime(MARGIN)
        await vi.waitFor(async () => {
          expect([await says(older), await says(newer)]).toEqual([null, 'current'])
        }, SOON)
      }
    },
  },
]
