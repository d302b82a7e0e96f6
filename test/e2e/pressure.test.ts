import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { seconds } from '../../src/shared/clock.ts'
import { serviceEnvironment } from '../support/connector.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { PRESS_ON_SIGNAL, startProcess, type ServiceProcess } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'

let folder: Awaited<ReturnType<typeof tempDir>>
let port: number
let url: string
let env: Record<string, string>
let service: ServiceProcess | undefined

beforeEach(async () => {
  folder = await tempDir()
  port = await freePort()
  url = `http://127.0.0.1:${port}`
  env = {
    ...serviceEnvironment(url, port, folder.path),
    ...{ WAZZUP_CRM_CODE: 'acme-crm', WAZZUP_SECRET: 'a-long-enough-module-secret', CRM_NAME: 'Acme' },
    ...{ LOGIN: 'handoff', HANDOFF_LOGIN_URL: 'http://127.0.0.1:1/login', HANDOFF_ISSUER: 'acme' },
    ...{ HANDOFF_SECRET: 'a-secret-of-at-least-32-bytes-for-hs256', INTERNAL_TOKEN: TOKEN },
  }
})
afterEach(async () => {
  await service?.stop('SIGKILL')
  await folder.remove()
})

const arrive = () => fetch(`${url}/wauth?state=opaque`, { redirect: 'manual' })

describe('a service under pressure', () => {
  test.each([
    ['its event loop', 'loop', []],
    ['its memory', 'heap', ['--max-old-space-size=400', '--max-semi-space-size=16', '--expose-gc']],
  ])(
    '%s: 503 with Retry-After for people and look-ups; health answers; then all is well',
    async (_what, by, nodeArgs) => {
      const running = await startProcess({ ...env, PRESS_BY: by }, { preload: PRESS_ON_SIGNAL, nodeArgs })
      service = running
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
      const socket = connect(port, '127.0.0.1')
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

  test('a hundred of each kind are cut in time, and nobody else waits for them', async () => {
    service = await startProcess(env)
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
