// @module-tag long
import { expect, test } from 'vitest'
import { connectorFor } from '../../support/connector.ts'
import { startLoadBalancer } from '../../support/load-balancer.ts'
import { browserFor, inEachEngine } from './in-each-engine.ts'
import {
  CONFIRM,
  expectIn,
  expectTitle,
  find,
  heading,
  pressConnect,
  untilPressesCount,
  walkToConfirm,
} from './steps.ts'

let proxy: Awaited<ReturnType<typeof startLoadBalancer>>
const connector = connectorFor('all', {
  behind: async (target) => {
    proxy = await startLoadBalancer()
    proxy.ports.push(Number(new URL(target).port))
    return { url: proxy.url, stop: proxy.close }
  },
})

inEachEngine((engine) => {
  const openTab = browserFor(engine)

  test("a proxy's 503 on «Connect», then Reload: it connects, or asks once more", async () => {
    const { wazzup } = connector.sandbox
    const before = wazzup.connects().length
    const tab = await openTab()
    await walkToConfirm(tab, `${wazzup.marketplaceUrl}?accountId=${before + 1}`)
    const at = await find(tab, 'Connect')
    await untilPressesCount(tab)
    const ports = proxy.ports.splice(0)
    await tab.click(at)
    await expectIn(tab, "document.querySelector('h1')", null)
    proxy.ports.push(...ports)
    await tab.reload()
    await expect.poll(() => heading(tab)).toBeOneOf(['Connected', CONFIRM])
    if ((await heading(tab)) === CONFIRM) await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(wazzup.connects()).toHaveLength(before + 1)
  })

  test('Back from another site leads to the page that was left, and it connects', async () => {
    const { wazzup } = connector.sandbox
    const before = wazzup.connects().length
    const tab = await openTab()
    await walkToConfirm(tab, `${wazzup.marketplaceUrl}?accountId=${before + 1}`)
    await tab.goto(connector.sandbox.crm.url.replace('127.0.0.1', 'localhost'))
    await tab.back()
    await expectTitle(tab, CONFIRM)
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(wazzup.connects()).toHaveLength(before + 1)
  })
})
