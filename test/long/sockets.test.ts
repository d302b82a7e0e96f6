// @module-tag long
import { expect, test } from 'vitest'
import { expectToOutlive, expectToStopInTime, holdSockets } from '../support/hostile-sockets.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { sourceOf } from '../support/freshly-built.ts'
import { serviceAtHand, setUpAtHand } from '../support/set-up.ts'

/** As many as the service takes at a time; needs as many open files in the service and in the client's process. */
const ALL = 4000

async function startService() {
  const { url, port, env } = await setUpAtHand({ env: { LOG_LEVEL: 'info' } })
  // The limit of its growth was found with the sources; built, 4000 halves of a body take it to 110 MB.
  const service = await serviceAtHand(env, { nodeArgs: nodeFlags(), main: sourceOf('main') })
  return { service, url, ports: { public: port, internal: Number(new URL(service.internalUrl).port) } }
}

/** How much waits in memory depends on who has the processor: what is too much is so every time. */
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
  await expectToOutlive(service, `${url}/wauth/assets/icon.svg`, () =>
    holdSockets(ports[listener], count, kind),
  )
  await expectToStopInTime(service)
})

test('4000 sockets that hold half a header do not hold a service that stops', async () => {
  const { service, ports } = await startService()
  await holdSockets(ports.public, ALL, 'half a header')
  expect(service.output()).toContain('service.started')
  await expectToStopInTime(service)
})
