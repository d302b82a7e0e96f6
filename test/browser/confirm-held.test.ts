import { describe, expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import {
  aimAtConnect,
  confirmAtHand,
  expectUntouched,
  pressInTree,
  tellFocus,
  type ConfirmAtHand as AtHand,
  type ConfirmOptions,
} from './confirm-at-hand.ts'
import { expectTitle } from './expect-title.ts'

const served = browserAndConnector()

const onConfirmPage = (options?: ConfirmOptions) => confirmAtHand(served, options)

describe('what begins early is early, however long it lasts', () => {
  test.each<[string, (at: AtHand) => Promise<void>]>([
    [
      'a mouse button that is held',
      async ({ tab, after }) => {
        await aimAtConnect(tab)
        await tab.mouse.down()
        await after(3000)
        await tab.mouse.up()
      },
    ],
    [
      'a mouse button that is held while another window has the focus',
      async ({ tab, after }) => {
        await aimAtConnect(tab)
        await tab.mouse.down()
        await tellFocus(tab, false)
        await tellFocus(tab, true)
        await after(3000)
        await tab.mouse.up()
      },
    ],
    [
      'Space that is held',
      async ({ tab, button, after }) => {
        await button.focus()
        await tab.keyboard.down('Space')
        await after(3000)
        await tab.keyboard.up('Space')
      },
    ],
    [
      'Enter that is held and repeats',
      async ({ tab, button, after }) => {
        await button.focus()
        for (let repeats = 0; repeats < 60; repeats++) {
          await tab.keyboard.down('Enter')
          await after(50)
        }
        await tab.keyboard.up('Enter')
      },
    ],
  ])('%s', async (_what, hold) => {
    const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
    await tellFocus(at.tab, true)
    await at.after(900)
    await hold(at)
    await expectUntouched(at)
  })
})

describe('a press that began early and came to nothing does not count against the next', () => {
  test.each<[string, (at: AtHand) => Promise<void>]>([
    ['let go beside the button', async ({ tab }) => tab.mouse.move(5, 5).then(() => tab.mouse.up())],
    [
      'let go in another window',
      async ({ tab }) => {
        await tellFocus(tab, false)
        await tellFocus(tab, true)
      },
    ],
  ])('%s', async (_where, letGo) => {
    const at = await onConfirmPage({ stopTime: true, focus: 'windows' })
    await tellFocus(at.tab, true)
    await at.after(500)
    await aimAtConnect(at.tab)
    await at.tab.mouse.down()
    await letGo(at)
    await at.after(1000)
    await pressInTree(at.tab, 'Connect')
    await expectTitle(at.tab, 'Connected')
    expect(at.connects()).toBe(1)
  })
})
