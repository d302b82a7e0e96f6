import axe from 'axe-core'
import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import { aimAtConnect, confirmAtHand, type ConfirmOptions } from './confirm-at-hand.ts'
import { expectTitle } from './expect-title.ts'
import { DESKTOP, PHONE } from './open-tab.ts'
import { describeFirst } from '../support/long.ts'

const served = browserAndConnector()

const onConfirmPage = (options?: ConfirmOptions) => confirmAtHand(served, options)

describe('without the script', () => {
  test.each<[string, ConfirmOptions, string | null]>([
    ['in a browser that runs none', { javaScriptEnabled: false }, null],
    ['where it did not come', {}, '**/confirm.js'],
  ])(
    'the person has to tick a box, elsewhere than beside the button: %s',
    async (_where, options, missing) => {
      const { tab, button, connects } = await onConfirmPage(options)
      if (missing !== null) {
        await tab.route(missing, (route) => route.abort())
        await tab.reload()
      }
      const box = tab.getByRole('checkbox', { name: 'I have just pressed “Connect” in Wazzup myself.' })
      await button.click()
      await expectTitle(tab, 'Connect this account to Wazzup?')
      expect(connects()).toBe(0)
      const { y } = await aimAtConnect(tab)
      expect(y - ((await box.boundingBox())?.y ?? y)).toBeGreaterThan(60)
      await box.check()
      await button.click()
      await expectTitle(tab, 'Connected')
      expect(connects()).toBe(1)
    },
  )

  test('with it, nobody sees the box', async () => {
    const { tab } = await onConfirmPage()
    expect(await tab.locator('input[name=aware]').count()).toBe(1)
    expect(await tab.getByRole('checkbox').count()).toBe(0)
  })
})

describeFirst(1)<[string, BrowserContextOptions]>([
  ['a small phone in the dark', { viewport: PHONE, colorScheme: 'dark' }],
  ['a desktop', { viewport: DESKTOP }],
])('axe finds nothing on %s', (_where, context) => {
  // The policy of the pages would keep axe out.
  const options = { ...context, bypassCSP: true, reducedMotion: 'reduce' } as const

  test('where the box is shown', async () => {
    const { tab } = await onConfirmPage(options)
    await tab.route('**/confirm.js', (route) => route.abort())
    await tab.reload()
    expect(await tab.getByRole('checkbox').isVisible()).toBe(true)
    expect((await tab.getByRole('checkbox').locator('..').boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await tab.evaluate(axe.source)
    expect((await tab.evaluate<axe.AxeResults>('axe.run()')).violations).toEqual([])
  })

  test('where a press came too early, and where none was counted', async () => {
    const { tab, button, note } = await onConfirmPage({ ...options, focus: 'never' })
    await tab.goto(`${tab.url()}?note=unaware`)
    expect(await tab.getByText('nothing was sent').isVisible()).toBe(true)
    await button.click()
    await expect.poll(note).not.toBe('')
    await tab.evaluate(axe.source)
    expect((await tab.evaluate<axe.AxeResults>('axe.run()')).violations).toEqual([])
  })
})
