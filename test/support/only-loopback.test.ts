import { execFile } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { onlyLoopback } from './service-process.ts'
import { lonelySetUpAtHand, serviceAtHand } from './set-up.ts'
import { visit } from './visit.ts'

/** For documentation (RFC 5737, RFC 3849): nobody is there. */
const ELSEWHERE = ['192.0.2.1', '2001:db8::1']

describe('in the process of the tests', () => {
  test.each(ELSEWHERE)('a connection to %s fails at once, and says why', async (address) => {
    const connection = once(connect({ host: address, port: 443 }), 'connect')
    await expect(connection).rejects.toMatchObject({ code: 'ERR_BEYOND_LOOPBACK' })
  })

  test.each(['http', 'https'])('so does a fetch by %s', async (scheme) => {
    const fetched = fetch(`${scheme}://192.0.2.1/`)
    await expect(fetched).rejects.toMatchObject({ cause: { code: 'ERR_BEYOND_LOOPBACK' } })
  })

  test('a name of another machine does not exist', async () => {
    const saysWhy = { code: 'ENOTFOUND', message: expect.stringContaining('stay on loopback') as string }
    await expect(promisify(dns.lookup)('example.com')).rejects.toMatchObject(saysWhy)
    await expect(dns.promises.lookup('example.com')).rejects.toMatchObject(saysWhy)
    await expect(fetch('http://example.com')).rejects.toMatchObject({ cause: saysWhy })
  })

  test.each(['127.0.0.1', 'localhost'])('%s can be reached', async (host) => {
    const server = createServer((socket) => socket.end('here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect({ host, port: (server.address() as AddressInfo).port })
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('here')
    server.close()
  })
})

describe('in a process that a test starts', () => {
  test('the same holds', async () => {
    const script = `
      const codeOf = (url) => fetch(url).catch((error) => error.cause.message)
      console.log(await codeOf('http://192.0.2.1/'))
      console.log(await codeOf('http://example.com/'))`
    const args = [...onlyLoopback, '--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringContaining('192.0.2.1: tests stay on loopback'),
      expect.stringContaining('example.com: tests stay on loopback'),
    ])
  })

  test('and the service is such a process', async () => {
    const { url, env } = await lonelySetUpAtHand({
      ...{ LOGIN: 'oidc', OIDC_ISSUER: 'https://192.0.2.1' },
      ...{ OIDC_CLIENT_ID: 'c', OIDC_CLIENT_SECRET: 'a-long-enough-client-secret' },
    })
    const service = await serviceAtHand(env)
    const start = await visit(`${url}/wauth?state=abc`)
    const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
    const login = await fetch(url + (start.headers.get('location') ?? ''), { headers: { cookie } })
    expect(login.status).toBe(503)
    await service.stop()
    expect(service.output()).toContain('ERR_BEYOND_LOOPBACK')
  })
})
