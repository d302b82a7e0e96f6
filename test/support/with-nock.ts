import nock from 'nock'
import { afterAll, afterEach, beforeAll } from 'vitest'

/** For a test file whose Wazzup is played by nock: it stands between, and nothing reaches the network, while it runs. */
export function withNock() {
  beforeAll(() => {
    // It stands between from the moment it is loaded, which is only once for all files of a process.
    if (!nock.isActive()) nock.activate()
    nock.disableNetConnect()
  })
  afterEach(() => {
    nock.cleanAll()
  })
  afterAll(() => {
    nock.enableNetConnect()
    nock.restore()
  })
}
