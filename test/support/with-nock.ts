import nock from 'nock'
import { afterAll, afterEach, beforeAll } from 'vitest'

// It stands between from the moment it is loaded, also where all tests of a file are left out; files share a process.
nock.restore()

/** For a test file whose Wazzup is played by nock: it stands between, and nothing reaches the network, while it runs. */
export function withNock() {
  beforeAll(() => {
    nock.activate()
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
