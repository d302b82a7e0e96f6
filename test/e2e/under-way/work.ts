import { expect } from 'vitest'
import type { Browser } from '../../../src/sandbox/browser/create-browser.ts'
import { minutes, seconds } from '../../../src/shared/clock.ts'
import { resultOf, type ConnectorOptions, type TestConnector } from '../../support/connector.ts'
import { TOKEN } from '../../support/internal-at-hand.ts'

/** Work that has begun when somebody sets the clock. */
export interface UnderWay {
  work: string
  options?: () => Promise<ConnectorOptions>
  /**
   * Begins it; `ms` is by how much the clock will be set. What it resolves to goes on when that has happened, and expects what
   * would have come of it without.
   */
  begin: (connector: TestConnector, ms: number) => Promise<() => Promise<void>>
}

/** Whatever waits is looked at all the time, so that nothing that the clock has ended stays unseen. */
export const RESTLESS: ConnectorOptions = {
  env: { INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: '0', KEY_PROBE_INTERVAL: '1h' },
  overrides: { longestIdle: 500, jitter: () => 0 },
}

/** Long for a very busy machine, and far less than what a clock is set by. */
export const SOON = { timeout: seconds(60) }

/** What a machine does in less, however busy it is: time is moved to so long before a moment, and then beyond it. */
export const MARGIN = minutes(9)

export const sent = ({ sandbox: { wazzup } }: TestConnector, method: string, path: string) =>
  wazzup.requests.filter((one) => one.method === method && one.path === path)

/** What a person waits for that is seconds away at the most. */
export const soon = (browser: Browser, result: object) =>
  expect.poll(() => resultOf(browser), SOON).toMatchObject(result)
