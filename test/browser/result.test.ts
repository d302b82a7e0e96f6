import { expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import { browserAndConnector } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { walkToConfirmPage } from './install-walk.ts'
import { openTab } from './open-tab.ts'
import { pressConnect, untilPressesCount } from './press-connect.ts'
import { LONG } from '../support/long.ts'

const served = browserAndConnector({ switches: { stateReuse: 'same-key' } })
const { connector } = served

/** A tab on the confirm page, of a Wazzup account that nobody has connected yet. */
let account = 0
async function tabOnConfirmPage(options: { javaScriptEnabled?: boolean } = {}) {
  account += 1
  const { tab } = await openTab(served.browser, options)
  const { wazzup } = connector.sandbox
  await walkToConfirmPage(tab, `${wazzup.marketplaceUrl}?accountId=${account}`)
  const before = wazzup.connects().length
  const button = tab.getByRole('button', { name: 'Connect', exact: true })
  return { tab, button, connect: () => pressConnect(tab), connects: () => wazzup.connects().slice(before) }
}

const SCRIPTS = [
  { how: 'with JavaScript', javaScriptEnabled: true },
  { how: 'without JavaScript', javaScriptEnabled: false, ...LONG },
]

for (const { how, javaScriptEnabled, ...when } of SCRIPTS)
  test(`a lost answer: the page says so, and shows the end by itself, ${how}`, when, async () => {
    const { tab, connect, connects } = await tabOnConfirmPage({ javaScriptEnabled })
    // The second answer is slow, so that what stands there meanwhile can be seen on a slow machine, too.
    connector.sandbox.wazzup.faults.push(fault.processThen('reset'), fault.slow(8000))
    await connect()
    await expectTitle(tab, 'We are checking with Wazzup')
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(2)
    expect(new Set(connects().map(({ bytes }) => bytes)).size).toBe(1)
  })

test('further clicks, while the first is still under way, connect nobody twice', async () => {
  const { tab, button, connects } = await tabOnConfirmPage()
  const { wazzup } = connector.sandbox
  let posts = 0
  tab.on('request', (request) => {
    if (request.method() === 'POST') posts += 1
  })
  await button.scrollIntoViewIfNeeded()
  const box = await button.boundingBox()
  if (!box) throw new Error('no button to be seen')
  // A click with the mouse does not wait for what it leads to.
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  wazzup.faults.push(fault.trickle(40))
  const called = wazzup.nextConnect()
  await untilPressesCount(tab)
  // What the browser says of a request may come after the request itself has arrived.
  const posted = tab.waitForRequest((request) => request.method() === 'POST')
  await tab.mouse.dblclick(x, y)
  await Promise.all([called, posted])
  // The second half of a double click comes within a second of the first.
  expect(posts).toBe(1)
  await tab.mouse.click(x, y)
  await expectTitle(tab, 'Connected')
  expect(connects()).toHaveLength(1)
})

test('a reload of the result shows it again and sends nothing', LONG, async () => {
  const { tab, connect, connects } = await tabOnConfirmPage()
  await connect()
  await expectTitle(tab, 'Connected')
  const url = tab.url()
  await tab.reload()
  await expectTitle(tab, 'Connected')
  expect(tab.url()).toBe(url)
  expect(connects()).toHaveLength(1)
})

test('the back button after the end leads to the stored outcome, not to a form', async () => {
  const { tab, connect, connects } = await tabOnConfirmPage()
  const confirmPage = tab.url()
  await connect()
  await expectTitle(tab, 'Connected')
  await Promise.all([tab.waitForRequest(confirmPage), tab.goBack()])
  await expectTitle(tab, 'Connected')
  await tab.goto(confirmPage)
  await expectTitle(tab, 'Connected')
  expect(await tab.locator('form').count()).toBe(0)
  expect(connects()).toHaveLength(1)
})

test('a refusal says why, and the back button keeps saying so', async () => {
  const { tab, connect, connects } = await tabOnConfirmPage()
  const confirmPage = tab.url()
  connector.sandbox.wazzup.faults.push(fault.refuse(400, { body: { error: 'INVALID_STATE' } }))
  await connect()
  await expectTitle(tab, 'Wazzup did not accept the link')
  await Promise.all([tab.waitForRequest(confirmPage), tab.goBack()])
  await expectTitle(tab, 'Wazzup did not accept the link')
  expect(await tab.getByText(/WA-\w{4}-\w{4}/).count()).toBe(1)
  expect(connects()).toHaveLength(1)
})

for (const { how, javaScriptEnabled } of SCRIPTS)
  test(`a Wazzup that has no time is waited for, and the page follows by itself, ${how}`, LONG, async () => {
    const { tab, connect, connects } = await tabOnConfirmPage({ javaScriptEnabled })
    connector.sandbox.wazzup.faults.push(fault.rateLimited(3))
    await connect()
    await expectTitle(tab, 'Connecting takes a little longer')
    await expectTitle(tab, 'Connected')
    expect(connects()).toHaveLength(2)
  })

test('Wazzup out of reach: «Try again» on the same page connects', async () => {
  const { tab, connect, connects } = await tabOnConfirmPage()
  connector.sandbox.wazzup.faults.push(fault.rateLimited(91))
  await connect()
  await expectTitle(tab, 'The connection did not go through')
  await connector.moveTime(seconds(91))
  await tab.getByRole('button', { name: 'Try again' }).click()
  await expectTitle(tab, 'Connected')
  expect(connects()).toHaveLength(2)
})

test('somebody who may not connect is told so, and a colleague logs in instead, without JavaScript', async () => {
  const { tab } = await openTab(served.browser, { javaScriptEnabled: false })
  const logInAs = async (name: string) => {
    await tab.getByRole('radio', { name }).check()
    await tab.getByRole('button', { name: 'Log in' }).click()
  }
  await tab.goto(connector.sandbox.wazzup.marketplaceUrl)
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  await logInAs('Ben Ortiz')
  await expectTitle(tab, 'You may not connect this account')
  await tab.getByRole('link', { name: 'Log in as another user' }).click()
  await logInAs('Anna Keller')
  await expectTitle(tab, 'Connect this account to Wazzup?')
  expect(await tab.getByText('Anna Keller').count()).toBe(1)
})
