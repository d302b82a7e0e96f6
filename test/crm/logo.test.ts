import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { fetchLogo } from '../../src/crm/logo.ts'
import { expectSecured } from '../support/expect-secured.ts'
import { freePort } from '../support/free-port.ts'
import { connectorAtHand, type TestConnector } from '../support/connector.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** Where the CRM keeps its logo; every path is answered alike. */
async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/logo`)
}

const serveSvg = (body: string | Buffer = SVG) =>
  serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/svg+xml; charset=utf-8' }).end(body)
  })

describe('fetching', () => {
  test('a picture comes with its type, without parameters', async () => {
    expect(await fetchLogo(await serveSvg())).toEqual({ type: 'image/svg+xml', body: Buffer.from(SVG) })
  })

  test('256 KiB are not too much', async () => {
    const largest = Buffer.alloc(256 * 1024, ' ')
    expect((await fetchLogo(await serveSvg(largest)))?.body.length).toBe(largest.length)
  })

  test.each<[string, RequestListener]>([
    [
      'more than 256 KiB',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(256 * 1024 + 1))
      },
    ],
    [
      'more than 256 KiB, of a length not told before',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' })
        response.write(Buffer.alloc(200 * 1024))
        response.end(Buffer.alloc(200 * 1024))
      },
    ],
    [
      'a page',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end(SVG)
      },
    ],
    [
      'something without a type',
      (_request, response) => {
        response.writeHead(200).end(SVG)
      },
    ],
    [
      'a 404 with a picture',
      (_request, response) => {
        response.writeHead(404, { 'content-type': 'image/svg+xml' }).end(SVG)
      },
    ],
    [
      'a cut answer',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'image/svg+xml', 'content-length': 1000 })
        response.write(SVG, () => request.socket.destroy())
      },
    ],
  ])('%s is no logo', async (_what, listener) => {
    expect(await fetchLogo(await serve(listener))).toBeNull()
  })

  test('a redirect is not followed', async () => {
    const asked: string[] = []
    const url = await serve((request, response) => {
      asked.push(request.url ?? '')
      if (request.url === '/logo') response.writeHead(302, { location: '/elsewhere' }).end()
      else response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(SVG)
    })
    expect(await fetchLogo(url)).toBeNull()
    expect(asked).toEqual(['/logo'])
  })

  test.each<[string, RequestListener]>([
    ['silence', () => undefined],
    [
      'a trickle',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/svg+xml', 'content-length': 1000 })
        const drip = setInterval(() => response.write(' '), 20)
        response.once('close', () => {
          clearInterval(drip)
        })
      },
    ],
  ])('%s ends with the deadline', async (_what, listener) => {
    expect(await fetchLogo(await serve(listener), { deadline: 200 })).toBeNull()
  })

  test('nobody there is no logo', async () => {
    expect(await fetchLogo(new URL(`http://127.0.0.1:${await freePort()}/logo`))).toBeNull()
  })
})

describe('on the pages', () => {
  const page = async ({ url }: TestConnector) => (await fetch(`${url}/wauth`)).text()

  test('it is shown, and comes from us with the headers of every answer', async () => {
    const connector = await connectorAtHand({ env: { CRM_LOGO_URL: (await serveSvg()).href } })
    const { url } = connector
    await expect.poll(async () => (await fetch(`${url}/wauth/logo`)).status).toBe(200)
    const answer = await fetch(`${url}/wauth/logo`)
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expectSecured(answer.headers)
    expect(await answer.text()).toBe(SVG)
    expect(await page(connector)).toContain('src="/wauth/logo"')
  })

  test('without one there are pages all the same, and the log says what to check', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(404).end()
    })
    const connector = await connectorAtHand({ env: { CRM_LOGO_URL: url.href } })
    const { log } = connector
    await expect.poll(() => log.events('crm.logo_missing')).toHaveLength(1)
    expect((await fetch(`${connector.url}/wauth/logo`)).status).toBe(404)
    const html = await page(connector)
    expect(html).toContain('Demo CRM')
    expect(html).not.toContain('/wauth/logo')
  })

  test('nobody is asked for it when none is set', async () => {
    const connector = await connectorAtHand()
    expect((await fetch(`${connector.url}/wauth/logo`)).status).toBe(404)
    expect(await page(connector)).not.toContain('/wauth/logo')
  })
})
