import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createAsk } from '../../../src/cli/check/ask.ts'
import type { CheckContext } from '../../../src/cli/check/check.ts'
import { privateRoutes } from '../../../src/cli/check/private-routes.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { STRAIGHT } from '../../../src/config/way-out.ts'

/** What the check finds where a host answers like this beside /wauth. */
async function found(listener: RequestListener) {
  const server = createServer((request, response) => {
    if (request.url === '/wauth')
      response.writeHead(400).end('{"status":"failed","reason":"bad_state","supportId":"x"}')
    else listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const publicUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const ask = createAsk(systemClock, STRAIGHT)
  const context = { settings: { publicUrl }, ask, home: () => ask(new URL('/wauth', publicUrl)) }
  return privateRoutes.run(context as unknown as CheckContext)
}

test.each([
  ['the page of a CRM on the same host', 200, 'text/html', '<html>'],
  ['a refusal', 403, 'text/plain', 'no'],
  ['health of another service', 200, 'application/json', '{"status":"ok"}'],
])('%s is not the internal listener', async (_what, status, type, body) => {
  const finding = await found((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  expect(finding).toMatchObject({ status: 'pass' })
})

test.each([
  ['/readyz', 200, 'application/json', '{"status":"ready","stopping":false,"parts":{}}'],
  ['/v1/keys/lookup', 401, 'application/problem+json', '{"status":401}'],
])('the internal listener is found out by %s', async (path, status, type, body) => {
  const finding = await found((request, response) => {
    if (request.url === path) response.writeHead(status, { 'content-type': type }).end(body)
    else response.writeHead(404).end()
  })
  expect(finding).toMatchObject({ status: 'failure', says: expect.stringContaining(path) as string })
})
