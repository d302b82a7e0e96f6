import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { expectToOutlive, expectToStopInTime, holdSockets } from '../support/hostile-sockets.ts'
import { eachOfFirst, LONG } from '../support/long.ts'
import { nodeFlags } from '../support/node-flags.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { serviceAtHand, setUpFor } from '../support/set-up.ts'

const setUp = setUpFor('each', { env: { LOG_LEVEL: 'info' } })
let service: ServiceProcess
let ports: Record<'public' | 'internal', number>
beforeEach(async () => {
  service = await serviceAtHand(setUp.env, { nodeArgs: nodeFlags() })
  ports = { public: setUp.port, internal: Number(new URL(service.internalUrl).port) }
})

const LISTENERS = ['public', 'internal'] as const
const PAGES = { public: '/wauth/assets/style.css', internal: '/livez' }

/** A client that counts the answers it gets. */
function client(listener: keyof typeof ports) {
  const socket = connect(ports[listener], '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  let answers = 0
  socket.on('error', () => undefined)
  const count = (chunk: Buffer) => {
    answers += chunk.toString('latin1').split('HTTP/1.1 200 ').length - 1
  }
  socket.on('data', count)
  const ask = (times = 1) => socket.write(`GET ${PAGES[listener]} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(times))
  return { socket, ask, answers: () => answers }
}

describe('a client that neither reads nor closes', () => {
  for (const { listener, ...when } of [
    { listener: 'public' as const },
    { listener: 'internal' as const, ...LONG },
  ])
    test(`on the ${listener} listener: destroyed, in whatever it is stuck`, when, async () => {
      const idle = client(listener)
      idle.ask()
      await expect.poll(idle.answers).toBe(1)
      await expectToOutlive(service, `${setUp.url}/wauth/assets/icon.svg`, () =>
        Promise.all([
          holdSockets(ports[listener], 60, 'nothing'),
          holdSockets(ports[listener], 60, 'half a header'),
          holdSockets(ports[listener], 60, 'half a body'),
          holdSockets(ports[listener], 60, 'broken'),
          holdSockets(ports[listener], 60, '1300 requests in one piece'),
          ...(listener === 'public'
            ? ['requests without reading', 'a byte a second'].map((kind) =>
                holdSockets(ports.public, 5, kind),
              )
            : []),
        ]),
      )
      // Who is idle between two requests owes nothing.
      idle.ask()
      await expect.poll(idle.answers).toBe(2)
      await expectToStopInTime(service)
    })

  test('does not hold a service that stops', async () => {
    await holdSockets(ports.public, 5, 'requests without reading')
    await holdSockets(ports.internal, 50, 'half a header')
    await expectToStopInTime(service)
  })
})

describe('an honest client', () => {
  test('waits for an answer longer than any client may take its time', LONG, async () => {
    setUp.sandbox.wazzup.faults.push(fault.slow(seconds(14)))
    const { browser } = await walkToConfirm(setUp)
    const began = performance.now()
    await pressConfirm(browser)
    expect(performance.now() - began).toBeGreaterThan(seconds(14))
    expect(await resultOf(browser)).toMatchObject({ httpStatus: 200, status: 'connected' })
  })

  eachOfFirst(1)(LISTENERS)(
    'on the %s listener may send a body that is full of blank lines',
    async (listener) => {
      const body = `{${'\r\n\r\n'.repeat(1000)}}`
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      const { status } = await fetch(`http://127.0.0.1:${ports[listener]}${PAGES[listener]}`, init)
      expect(status).toBe(listener === 'public' ? 405 : 404)
    },
  )

  eachOfFirst(1)(LISTENERS)('on the %s listener reads why its headers are refused', async (listener) => {
    for (const size of [20_000, 300_000, 3_000_000]) {
      const socket = connect(ports[listener], '127.0.0.1')
      socket.write(`GET /wauth HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(size)}\r\n\r\n`)
      expect(await text(socket)).toMatch(/^HTTP\/1.1 431 [^]*cache-control: no-store/)
    }
  })
})

describe('requests that are sent ahead', () => {
  eachOfFirst(1)(LISTENERS)(
    'on the %s listener: ten are answered, more end the connection',
    async (listener) => {
      const ten = client(listener)
      ten.ask(10)
      await expect.poll(ten.answers).toBe(10)
      const more = client(listener)
      more.ask(11)
      await once(more.socket, 'close')
      // The first may have been answered before the last was read.
      expect(more.answers()).toBeLessThanOrEqual(1)
    },
  )
})
