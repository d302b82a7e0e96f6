import type { Browser } from 'playwright-core'
import { beforeAll } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { connectorFor, type TestConnector } from '../support/connector.ts'

export interface Served {
  browser: Browser
  connector: TestConnector
}

/** A browser and a service for all tests of a file; they are there once its tests run. */
export function browserAndConnector(options: Parameters<typeof connectorFor>[1] = {}): Served {
  const served = { connector: connectorFor('all', options) } as Served
  beforeAll(async () => {
    served.browser = await launchChromium()
    return () => served.browser.close()
  })
  return served
}
