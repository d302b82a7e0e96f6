import { describe, expect, test } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, lookUp } from '../support/internal-at-hand.ts'
import { isHere, RELEASE_BEFORE } from '../support/release-before/modules.ts'
import { replicasAtHand, type Replica, type Replicas } from '../support/replicas.ts'

async function startBoth() {
  const at = await replicasAtHand(1, { beside: 'the release before' })
  const [before, now] = at.replicas
  if (!before || !now) throw new Error('two replicas should have started')
  return { at, before, now }
}

/** The page of the release before has no box to tick: pressed at ours, it comes back, and one that is ours does connect. */
async function confirm(browser: Browser) {
  await pressConfirm(browser)
  if (browser.page.form('/confirm') === undefined) return
  await browser.get(browser.page.url)
  await pressConfirm(browser)
}

const expectConnected = (browser: Browser) =>
  expect.poll(() => resultOf(browser), { timeout: 60_000 }).toMatchObject({ status: 'connected' })

/** Each of its requests meets the other of the two. */
async function install({ url, sandbox }: Replicas, user = 'acme-admin') {
  const { browser } = await walkToConfirm({ url, sandbox }, { browser: createBrowser(), user })
  await confirm(browser)
  await expectConnected(browser)
  return sandbox.wazzup.connections().at(-1)?.crmKey ?? ''
}

const found = async ({ internalUrl }: Replica, crmKey: string) => {
  const { status, body } = await lookUp({ url: internalUrl }, crmKey)
  return body?.['keyStatus'] ?? status
}

describe.skipIf(!isHere)(`beside ${RELEASE_BEFORE}`, () => {
  test('customers connect, reconnect and are disconnected, whichever of the two is asked', async () => {
    const { at, before, now } = await startBoth()
    const keys: string[] = []
    for (let i = 0; i < 3; i++) {
      keys.push(await install(at))
      // The next one begins at the other.
      await fetch(`${at.url}/wauth/assets/icon.svg`)
    }
    for (const one of [before, now])
      expect(await Promise.all(keys.map((key) => found(one, key)))).toEqual([
        'previous',
        'previous',
        'current',
      ])
    const told = await at.database.query(
      'SELECT wazzup_account = wazzup_account_id AS same FROM generations JOIN exchanges ON generation_id = generations.id',
    )
    expect(told).toEqual(keys.map(() => ({ same: true })))
    for (const [asked, other] of [
      [before, now],
      [now, before],
    ] as const) {
      const crmKey = await install(at)
      expect(await found(other, crmKey)).toBe('current')
      const ended = await ask({ url: asked.internalUrl }, '/v1/connections/acme', { method: 'DELETE' })
      expect(ended).toMatchObject({ status: 200, body: { status: 'disconnected' } })
      expect([await found(other, crmKey), await found(asked, crmKey)]).toEqual([404, 404])
    }
  })
})
