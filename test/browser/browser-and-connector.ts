import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startConnector, type ConnectorOptions, type TestConnector } from '../support/connector.ts'

export interface Served {
  browser: Browser
  connector: TestConnector
}

/** A browser and a service for all tests of a file; they are there once its tests run. */
export function browserAndConnector(overrides: ConnectorOptions['overrides'] = {}): Served {
  const served = {} as Served
  beforeAll(async () => {
    served.browser = await launchChromium()
  })
  beforeAll(async () => {
    served.connector = await startConnector({ overrides })
  })
  afterAll(() => served.browser.close())
  afterAll(() => served.connector.stop())
  return served
}
