import { TestRunner, type RunnerTestFile } from 'vitest'

/** What `npm test` runs on PostgreSQL, too; of any other file the tests there are left to `npm run test:long`. */
const IN_EACH_RUN = [
  'test/connect/exchange.test.ts',
  'test/e2e/connect.test.ts',
  'test/e2e/lifecycle.test.ts',
  'test/events/order.test.ts',
  'test/events/told.test.ts',
  'test/keys/concurrency.test.ts',
  'test/store/key-rings.test.ts',
  'test/store/key-watch.test.ts',
  'test/store/lookups.test.ts',
  'test/store/reseal.test.ts',
  'test/store/schema-change-under-readers.test.ts',
]

/** Gives the tests of all other files of its project the tag `long`. */
export default class extends TestRunner {
  override onCollectStart(file: RunnerTestFile) {
    if (!IN_EACH_RUN.includes(file.name)) file.tags = [...(file.tags ?? []), 'long']
    super.onCollectStart(file)
  }
}
