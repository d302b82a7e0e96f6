import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'

/** Something near that answers as a service on this address may: alive, and not ready. */
async function serviceOn(host: string) {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/livez' ? 200 : 503).end()
  })
  // Tests listen on loopback only.
  server.listen(0, host.includes(':') ? '::1' : '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return String((server.address() as AddressInfo).port)
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

describe('wauth health asks the service where its settings say', () => {
  const asks = async (host: string, asked: string) => {
    const port = await serviceOn(host)
    const env = { INTERNAL_HOST: host, INTERNAL_PORT: port }
    expect(await wauth(['health'], { env })).toMatchObject({
      ...{ code: 0, stdout: `http://${asked}:${port}/livez: well\n` },
    })
    expect(await wauth(['health', '--ready', '--json'], { env })).toMatchObject({
      ...{ code: 1, stdout: expect.stringContaining('"status": 503') as string },
    })
  }

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
  ])('%s', asks)

  test.skipIf(!hasIpv6).each([
    ['::1', '[::1]'],
    ['::', '[::1]'],
  ])(`%s${hasIpv6 ? '' : ', left out: this machine has no ::1'}`, asks)

  test('in a file of NAME_FILE, too', async () => {
    const folder = await tempDir()
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'port')
    await writeFile(file, `${await serviceOn('127.0.0.1')}\n`)
    expect(await wauth(['health'], { env: { INTERNAL_PORT_FILE: file } })).toMatchObject({ code: 0 })
  })

  test('and where nobody answers it says so and ends with 1', async () => {
    const port = String(await freePort())
    const { code, stdout } = await wauth(['health'], { env: { INTERNAL_PORT: port } })
    expect(code).toBe(1)
    expect(stdout).toContain('Is the service running')
  })

  test('settings that cannot be read end it with 78', async () => {
    expect(await wauth(['health'], { env: { INTERNAL_PORT: 'x' } })).toMatchObject({ code: 78 })
  })
})
