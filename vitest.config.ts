import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

/** What two engines could do differently: the flow, the exchange, the life of a key, the upload. */
const ON_BOTH_ENGINES = [
  'test/e2e/{connect,faults,faults-lost-answer,isolation,key-health,kill,lifecycle,login-refusals,metrics,missing-key,oidc-refusals,switch-off}.test.ts',
  'test/e2e/{clock,moved-clock,two-admins}.test.ts',
  'test/e2e/{upload,upload-address,upload-disconnect,upload-kill,upload-operator,upload-problems}.test.ts',
  'test/connect/{exchange,record-key,full-disk}.test.ts',
  'test/events/*.test.ts',
  'test/changes/{model,order}.test.ts',
  'test/store/{key-rings,lookups,schema-change-under-readers}.test.ts',
  'test/keys/{concurrency,lifecycle-model,probe}.test.ts',
  'test/cli/{changes,keys/rotate,keys/rotate-beside-replicas}.test.ts',
  'test/store/{key-watch,reseal}.test.ts',
  'test/upload/{run,check-address,patience}.test.ts',
  'test/{simulation,long}/simulation.test.ts',
  'test/long/soak.test.ts',
]

/** The browser of the tests comes from the package registry, as a program for this alone. */
const hasBrowser = process.platform === 'linux' && process.arch === 'x64'
if (!hasBrowser) process.stderr.write('test/browser is left out: its browser needs Linux on x64.\n')

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : ['test/browser/**'])],
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['test/**/*.test.ts'], provide: { engine: 'sqlite' } },
      },
      {
        extends: true,
        test: {
          ...{ name: 'postgres', include: ON_BOTH_ENGINES, provide: { engine: 'postgres' } },
          runner: 'test/support/long-on-postgres.ts',
        },
      },
    ],
    tags: [
      {
        name: 'long',
        description:
          'Too long for `npm test`: run by `npm run test:long`, of which each kind of fault has a case in `npm test`.',
      },
    ],
    globalSetup: ['test/support/postgres/global-setup.ts', 'test/support/release-before/global-setup.ts'],
    setupFiles: ['test/support/only-loopback.ts'],
    // A worker keeps the modules it has loaded: none of ours has a state of its own, and loading is half of the time.
    isolate: false,
    // Most of a test is waiting: for a process, for a browser, for a moment that has to pass.
    maxWorkers: 2 * availableParallelism(),
    // A test that asserted nothing has proved nothing.
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    // Far beyond what any needs: a busy machine must not make a test fail. Deadlines that are promised are asserted.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
