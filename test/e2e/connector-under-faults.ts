import { afterEach, expect, vi } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import type { Fault } from '../../src/sandbox/wazzup/fault.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import {
  connectorFor,
  pressConfirm,
  resultOf,
  walkToConfirm,
  type ConnectorOptions,
} from '../support/connector.ts'

/** A connector for each test, before a Wazzup that is not well, and how a confirmation there begins and ends. */
export function connectorUnderFaults(options: ConnectorOptions = {}) {
  const connector = connectorFor('each', options)
  afterEach(() => {
    // Whatever happened: one state, one crmKey, one and the same body.
    const calls = Map.groupBy(connector.sandbox.wazzup.connects(), (call) => call.state)
    for (const same of calls.values()) expect(new Set(same.map(({ bytes }) => bytes)).size).toBe(1)
  })

  const settled = (browser: Browser) =>
    vi.waitFor(
      async () => {
        const result = await resultOf(browser)
        expect(result.status).not.toBe('pending')
        return result
      },
      { timeout: 120_000, interval: 100 },
    )

  async function confirmWith(faults: Fault[], switches: Partial<Switches> = {}) {
    const { wazzup } = connector.sandbox
    Object.assign(wazzup.switches, switches)
    const { browser, state } = await walkToConfirm(connector)
    wazzup.faults.push(...faults)
    const page = await pressConfirm(browser)
    return { browser, page, state, calls: () => wazzup.connects().filter((call) => call.state === state) }
  }

  return { connector, settled, confirmWith }
}
