import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openServer } from '../../src/sandbox/open-server.ts'

test('a request that comes before the routes are there waits for them', async () => {
  const { app, url } = await openServer()
  const early = fetch(`${url}/later`)
  await once(app.server, 'request')
  app.get('/later', async () => 'here')
  await app.ready()
  expect(await (await early).text()).toBe('here')
  await app.close()
})
