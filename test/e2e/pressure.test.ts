import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { LONG } from '../support/long.ts'
import { PRESS_ON_SIGNAL } from '../support/service-process.ts'
import { lonelySetUpFor, serviceAtHand } from '../support/set-up.ts'
import { visit } from '../support/visit.ts'

const setUp = lonelySetUpFor('each', { INTERNAL_TOKEN: TOKEN })

const arrive = () => visit(`${setUp.url}/wauth?state=opaque`)

describe('a service under pressure', () => {
  const SMALL_HEAP = ['--max-old-space-size=400', '--max-semi-space-size=16', '--expose-gc']
  for (const { what, by, nodeArgs, ...when } of [
    { what: 'its event loop', by: 'loop', nodeArgs: [], ...LONG },
    { what: 'its memory', by: 'heap', nodeArgs: SMALL_HEAP },
  ])
    test(
      `${what}: 503 with Retry-After for people and look-ups; health answers; then all is well`,
      when,
      async () => {
        const running = await serviceAtHand(
          { ...setUp.env, PRESS_BY: by },
          { preload: PRESS_ON_SIGNAL, nodeArgs },
        )
        const seen = new Set<number>()
        const everybody = async () => {
          const answers = [await arrive(), await lookUp({ url: running.internalUrl }, 'unknown-key')]
          for (const { status, headers } of answers) {
            seen.add(status)
            if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
          }
          return answers.map(({ status }) => status)
        }
        expect(await everybody()).toEqual([303, 404])
        running.child.kill('SIGWINCH')
        await vi.waitFor(async () => {
          expect(await everybody()).toEqual([503, 503])
        }, seconds(60))
        expect((await fetch(`${running.internalUrl}/livez`)).status).toBe(200)
        expect((await fetch(`${running.internalUrl}/metrics`)).status).toBe(200)
        expect((await fetch(`${running.internalUrl}/readyz`)).status).toBe(200)
        running.child.kill('SIGWINCH')
        await vi.waitFor(async () => {
          expect(await everybody()).toEqual([303, 404])
        }, seconds(60))
        expect(seen).toEqual(new Set([303, 404, 503]))
      },
    )
})

describe('slow clients', () => {
  const slowly = (first: string, drip: string) =>
    Array.from({ length: 100 }, () => {
      const socket = connect(setUp.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(first)
      const timer = setInterval(() => drip && socket.write(drip), 500)
      socket.once('close', () => {
        clearInterval(timer)
      })
      return text(socket).catch(() => '')
    })

  const HEADERS = 'GET /wauth?state=x HTTP/1.1\r\nhost: x\r\n'
  const form =
    'POST /wauth/callback HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n'

  const KINDS = [
    { kind: 'says nothing', first: '', drip: '', within: 15 },
    { kind: 'headers never end', first: HEADERS, drip: 'x-more: 1\r\n', within: 15 },
    { kind: 'body never ends', first: `${form}content-length: 5000\r\n\r\n`, drip: 'a', within: 25 },
  ]

  test('a hundred of each kind are cut in time, and nobody else waits for them', LONG, async () => {
    await serviceAtHand(setUp.env)
    const began = performance.now()
    const cut = KINDS.map(async ({ kind, first, drip, within }) => {
      const answers = await Promise.all(slowly(first, drip))
      expect([kind, performance.now() - began < seconds(within)]).toEqual([kind, true])
      for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1.1 408 |$)/)
    })
    const arrived = performance.now()
    expect((await arrive()).status).toBe(303)
    expect(performance.now() - arrived).toBeLessThan(seconds(3))
    await Promise.all(cut)
  })
})
