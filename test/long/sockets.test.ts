// @module-tag long
import { expect, test } from 'vitest'
import { expectToOutlive, expectToStopInTime, holdSockets } from '../support/hostile-sockets.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { serviceAtHand, setUpAtHand } from '../support/set-up.ts'

/** As many as the service takes at a time; needs as many open files in the service and in the client's process. */
const ALL = 4000

/** Megabytes. 4000 take 60 to 110; on a busy machine V8 collects late, and 140 were seen. Without bounds they take gigabytes. */
const MOST_GROWTH = 200

async function startService() {
  const { url, port, env } = await setUpAtHand({ env: { LOG_LEVEL: 'info' } })
  const service = await serviceAtHand(env, { nodeArgs: nodeFlags() })
  return { service, url, ports: { public: port, internal: Number(new URL(service.internalUrl).port) } }
}

/** Sockets are gone in time by real clocks, some seconds before that time is over. */
const ON_A_BUSY_MACHINE = { retry: 2 }

// The same as `test/e2e/sockets.test.ts` with some hundred. It takes too long, and too much of the machine, for each run.
test.each([
  ['public', ALL, 'nothing'],
  ['public', ALL, 'half a header'],
  ['public', ALL, 'half a body'],
  ['public', ALL, 'broken'],
  ['public', ALL, '1300 requests in one piece'],
  ['public', 200, '1300 requests in one piece'],
  ['public', 30, 'requests without reading'],
  ['internal', ALL, 'half a header'],
  ['internal', ALL, '1300 requests in one piece'],
] as const)('on the %s listener, %i sockets: %s', ON_A_BUSY_MACHINE, async (listener, count, kind) => {
  const { service, url, ports } = await startService()
  const hold = () => holdSockets(ports[listener], count, kind)
  await expectToOutlive(service, `${url}/wauth/assets/icon.svg`, hold, MOST_GROWTH)
  await expectToStopInTime(service)
})

test('4000 sockets that hold half a header do not hold a service that stops', async () => {
  const { service, ports } = await startService()
  await holdSockets(ports.public, ALL, 'half a header')
  expect(service.output()).toContain('service.started')
  await expectToStopInTime(service)
})
