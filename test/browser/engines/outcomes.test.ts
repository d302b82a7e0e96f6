// @module-tag long
import { expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { connectorFor } from '../../support/connector.ts'
import { KEY } from '../../support/engines/gestures.ts'
import { browserFor, inEachEngine } from './in-each-engine.ts'
import { CONFIRM, expectIn, expectTitle, find, heading, logIn, press, pressConnect } from './steps.ts'
import { textOf, untilPressesCount, walkToConfirm } from './steps.ts'

const connector = connectorFor('all', { switches: { stateReuse: 'same-key' } })

/** As long as a state may be: between the head and the signature, each three bytes take four characters. */
const LONGEST = 4096
async function longestState() {
  const { wazzup } = connector.sandbox
  const short = await wazzup.mintState({ userId: '' })
  const [, claims = ''] = short.split('.')
  const room = LONGEST - (short.length - claims.length)
  const userId = 'u'.repeat(Math.floor((room * 3) / 4) - Buffer.from(claims, 'base64url').length)
  return wazzup.mintState({ userId })
}

inEachEngine((engine) => {
  const openTab = browserFor(engine)

  /** A tab on the confirm page, of a Wazzup account that nobody has connected yet. */
  async function tabOnConfirmPage() {
    const { wazzup } = connector.sandbox
    const tab = await openTab()
    await walkToConfirm(tab, `${wazzup.marketplaceUrl}?accountId=${wazzup.connects().length + 1}`)
    const before = wazzup.connects().length
    return { tab, connects: () => wazzup.connects().slice(before) }
  }

  test('cancelled is cancelled, also after Back', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    await press(tab, 'Cancel')
    await expectTitle(tab, 'Cancelled')
    await tab.reload()
    await expectTitle(tab, 'Cancelled')
    await tab.back()
    await tab.reload()
    await expectTitle(tab, 'Cancelled')
    expect(connects()).toEqual([])
  })

  test('Back after the end, and a press on whatever is shown then, connect nobody twice', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    await tab.back()
    // WebKit shows a page that came over plain http as it was left.
    await expect.poll(() => heading(tab)).toBeOneOf(['Connected', CONFIRM])
    if (await tab.evaluate("document.getElementById('consent') !== null")) await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(1)
  })

  test('the link once more leads to the result that is there, and connects nobody twice', async () => {
    const { wazzup } = connector.sandbox
    const [tab, before] = [await openTab(), wazzup.connects().length]
    const link = `${connector.url}/wauth?state=${await wazzup.mintState()}`
    await tab.goto(link)
    await logIn(tab)
    await expectTitle(tab, CONFIRM)
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    await tab.goto(link)
    await expectTitle(tab, 'Connected')
    expect(wazzup.connects()).toHaveLength(before + 1)
  })

  test('a double click, and another while the first is still under way, send one form', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    const { wazzup } = connector.sandbox
    const at = await find(tab, 'Connect')
    wazzup.faults.push(fault.trickle(40))
    const called = wazzup.nextConnect()
    await untilPressesCount(tab)
    await tab.click(at, 2)
    await called
    await tab.click(at)
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(1)
  })

  test('a press before the quiet second is over is answered with what to do, and one after it connects', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    // Within one turn of the page: on a busy machine a mouse may be late.
    await tab.evaluate("(document.body.click(), document.querySelector('#consent button').click())")
    await expectIn(
      tab,
      "document.getElementById('press-note').textContent",
      'That press came too early to count. Wait a second, then press “Connect” again.',
    )
    expect(connects()).toEqual([])
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(1)
  })

  test('the keyboard is enough', async () => {
    const { tab } = await tabOnConfirmPage()
    const focused = () => tab.evaluate<string>('document.activeElement.textContent.trim()')
    await untilPressesCount(tab)
    for (let presses = 0; presses < 5 && (await focused()) !== 'Connect'; presses++) await tab.type(KEY.tab)
    expect(await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none')
    await tab.type(KEY.enter)
    await expectTitle(tab, 'Connected')
  })

  test('a lost answer: the page says so, and shows the end by itself', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    // The second answer is slow, so that what stands there meanwhile can be seen.
    connector.sandbox.wazzup.faults.push(fault.processThen('reset'), fault.slow(5000))
    await pressConnect(tab)
    await expectTitle(tab, 'We are checking with Wazzup')
    await expectTitle(tab, 'Connected')
    expect(new Set(connects().map(({ bytes }) => bytes)).size).toBe(1)
  })

  test('a Wazzup that has no time is waited for, and the page follows by itself', async () => {
    const { tab, connects } = await tabOnConfirmPage()
    connector.sandbox.wazzup.faults.push(fault.rateLimited(3))
    await pressConnect(tab)
    await expectTitle(tab, 'Connecting takes a little longer')
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(2)
  })

  test('somebody who may not connect is told so, and a colleague logs in instead', async () => {
    const tab = await openTab()
    const { wazzup } = connector.sandbox
    await tab.goto(`${wazzup.marketplaceUrl}?accountId=${wazzup.connects().length + 1}`)
    await press(tab, 'Connect')
    await logIn(tab, 'Ben Ortiz Employee')
    await expectTitle(tab, 'You may not connect this account')
    await press(tab, 'Log in as another user')
    await logIn(tab)
    await expectTitle(tab, CONFIRM)
    expect(await textOf(tab)).toContain('Anna Keller')
  })

  test('another language is kept until the end', async () => {
    const { tab } = await tabOnConfirmPage()
    await press(tab, 'Русский')
    await expectTitle(tab, 'Подключить этот аккаунт к Wazzup?')
    await pressConnect(tab, 'Подключить')
    await expectTitle(tab, 'Подключено')
    await tab.reload()
    await expectTitle(tab, 'Подключено')
  })

  test('a state of 4,096 characters connects', async () => {
    const state = await longestState()
    expect(state).toHaveLength(LONGEST)
    const tab = await openTab()
    await tab.goto(`${connector.url}/wauth?state=${state}`)
    await logIn(tab)
    await expectTitle(tab, CONFIRM)
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
  })
})
