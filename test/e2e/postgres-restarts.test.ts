import { describe, expect, test } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { fixtureFor } from '../support/fixture.ts'
import { lookUp } from '../support/internal-at-hand.ts'
import { startServer } from '../support/postgres/start-server.ts'
import { makeTemplate } from '../support/postgres/test-database.ts'
import { behindFrailLine } from './behind-frail-line.ts'

describe('a server of its own', () => {
  const server = fixtureFor('each', async () => {
    const made = await startServer()
    await makeTemplate(made.url)
    // A test stops it and starts it again.
    return { ...made, stopServer: made.stop, stop: made.remove }
  })
  const { connector, internal, calls, install, expectAway, expectBack } = behindFrailLine({
    server: () => server.url,
  })

  test('restarted: 503 while it is down, and served again by the same process', async () => {
    const crmKey = await install()
    await server.stopServer()
    await expectAway(crmKey)
    await server.start()
    await expectBack(crmKey)
  })

  async function failOver(away: number) {
    for (const what of ['first connect', 'reconnect']) {
      const { browser, state } = await walkToConfirm(connector, { browser: createBrowser() })
      connector.sandbox.wazzup.faults.push(fault.slow(700))
      const page = pressConfirm(browser)
      await expect.poll(() => calls(state).length, { interval: 5 }).toBe(1)
      await server.stopServer()
      await page
      await pause(seconds(away))
      await server.start()
      const result = async () => (await resultOf(browser).catch(() => null))?.status
      await expect.poll(result, { timeout: 60_000 }).toBe('connected')
      expect([what, calls(state).length]).toEqual([what, 1])
      const made = connector.sandbox.wazzup.connections().at(-1)
      expect(await lookUp(internal(), made?.crmKey)).toMatchObject({
        ...{ status: 200, body: { keyStatus: 'current', apiKey: made?.apiKey } },
      })
    }
  }
  const AWAY = 'away for %i seconds when the key is there: connected afterwards, and Wazzup was asked once'
  test.each([8, 60])(AWAY, { tags: ['long'], timeout: minutes(10) }, failOver)
})
