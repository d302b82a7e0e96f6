import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SECURITY_HEADERS } from '../../src/http/public/security-headers.ts'
import { spawnService, startProcess, type ServiceProcess } from '../support/service-process.ts'
import { lonelySetUpFor } from '../support/set-up.ts'

describe('nothing that a stranger sends stops the service', () => {
  const setUp = lonelySetUpFor('all')
  let service: ServiceProcess
  beforeAll(async () => {
    service = await startProcess(setUp.env)
  })
  afterEach(async () => {
    expect((await fetch(`${service.internalUrl}/livez`)).status).toBe(200)
  })
  afterAll(async () => {
    expect(await service.stop()).toEqual({ code: 0, signal: null })
  })

  test.each([
    ['an address that cannot be decoded', '/%?lang=ru'],
    ['the same in a parameter', '/wauth/attempts/%ff%?lang=ru'],
    ['two languages', '/wauth?state=x&lang=pt-BR&lang=ru'],
    ['a broken query', '/wauth/callback?lang=ru&%'],
    ['a long address', `/${'%25'.repeat(2000)}`],
    ['an address that looks like another host', '//evil.example/%2e%2e?lang=es'],
  ])('%s', async (_what, path) => {
    for (const accept of ['text/html', 'application/json']) {
      const { statusCode, headers } = await request(setUp.url + path, { headers: { accept } })
      expect([303, 400, 404]).toContain(statusCode)
      expect(headers).toMatchObject(SECURITY_HEADERS)
    }
  })

  test.each([
    ['PROPFIND', '/wauth', 'GET'],
    ['TRACE', '/wauth', 'GET'],
    ['POST', '/wauth', 'GET'],
    ['DELETE', '/wauth/callback', 'GET, POST'],
  ])('%s %s with a body of any type is told which method to use', async (method, path, allow) => {
    const socket = connect(setUp.port, '127.0.0.1')
    socket.end(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
    )
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1.1 405 /)
    expect(answer).toContain(`allow: ${allow}`)
  })
})

describe('stopping', () => {
  const setUp = lonelySetUpFor('each')

  test.each([
    ['a socket that says nothing', ''],
    ['half a request', 'GET /wauth HTTP/1.1\r\nhost:'],
    [
      'half a body',
      'POST /wauth/callback HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 50\r\n\r\na=',
    ],
  ])('%s does not hold the service', async (_what, bytes) => {
    const service = await startProcess(setUp.env)
    const socket = connect(setUp.port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(bytes)
    const cut = new Promise((resolve) => socket.once('close', resolve))
    expect(await service.stop()).toEqual({ code: 0, signal: null })
    expect(service.output()).toContain('service.stopped')
    await cut
  })
})

describe('the keys of ENCRYPTION_KEYS', () => {
  const setUp = lonelySetUpFor('each')

  const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
  const start = async (keys: string) => {
    const service = spawnService({ ...setUp.env, ENCRYPTION_KEYS: keys })
    const started = new Promise((resolve) => {
      service.child.on('output', () => {
        if (service.output().includes('service.started')) resolve(true)
      })
    })
    // One signal: a second one ends the service at once.
    if ((await Promise.race([started, service.ended])) === true) service.child.kill('SIGTERM')
    return { ...(await service.ended), output: service.output() }
  }

  test('a new one may be put first; the one in use may not be missing or changed', async () => {
    const [first, second] = [key('k1'), key('k2')]
    expect(await start(first)).toMatchObject({ code: 0 })
    expect(await start(`${second},${first}`)).toMatchObject({ code: 0 })
    const missing = await start(second)
    expect(missing).toMatchObject({
      code: 78,
      output: expect.stringContaining('encryption_key_missing') as string,
    })
    const changed = await start(`${second},${key('k1')}`)
    expect(changed).toMatchObject({
      code: 78,
      output: expect.stringContaining('encryption_key_wrong') as string,
    })
    expect(changed.output).not.toContain(second.slice(3))
  })
})
