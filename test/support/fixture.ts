import { beforeAll, beforeEach, onTestFinished } from 'vitest'

interface Started {
  stop: () => Promise<unknown>
}

/** What was started stops when the running test ends, the last one first; also where a `beforeEach` has started it. */
export async function untilTestEnds<T extends Started>(starting: Promise<T>): Promise<T> {
  const started = await starting
  onTestFinished(async () => {
    await started.stop()
  })
  return started
}

/** Whether each test of a file or a block gets its own, or all of them share one. */
export type Tests = 'each' | 'all'

/** What `start` makes for the tests of this file or block; it has its fields once they run. */
export function fixtureFor<T extends Started>(tests: Tests, start: () => Promise<T>): T {
  const fixture = {} as T
  if (tests === 'each') {
    beforeEach(async () => {
      Object.assign(fixture, await untilTestEnds(start()))
    })
  } else {
    beforeAll(async () => {
      const { stop } = Object.assign(fixture, await start())
      return stop
    })
  }
  return fixture
}
