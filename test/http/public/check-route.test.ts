import { once } from 'node:events'
import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { checkRoute } from '../../../src/http/public/check-route.ts'
import { registerRoutes } from '../../../src/http/public/register-routes.ts'

const checks = { isProof: ({ proof }: { proof: string }) => proof === 'good', sleep: async () => undefined }

const ask = async (query: string, trustProxy: string[] = []) => {
  const app = fastify({ trustProxy })
  const { method, url: path, handle } = checkRoute({ checks })
  app.route({ method, url: path, handler: handle })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const answer = await fetch(`${url}/wauth/check${query}`, { headers })
  return { status: answer.status, body: await answer.text() }
}

test('a question that is proved is answered: from where the request came, and whether the proxy counts', async () => {
  const told = { peer: '127.0.0.1', forwarded: true }
  const [trusted, not] = [
    await ask('?proof=good&wait=0', ['127.0.0.1']),
    await ask('?proof=good&wait=0', ['10.0.0.1']),
  ]
  expect(JSON.parse(trusted.body)).toEqual({ ...told, trusted: true })
  expect(JSON.parse(not.body)).toEqual({ ...told, trusted: false })
})

test.each(['', '?proof=bad&wait=0', '?proof=good', '?proof=good&wait=-1', '?proof=good&wait=3600000'])(
  '«%s» finds nothing there',
  async (query) => {
    const { status, body } = await ask(query)
    expect(status).toBe(404)
    expect(body).not.toContain('peer')
  },
)

test('of those who use a proof once more, two at a time are held back; who wants no wait is answered all the same', async () => {
  const over = new AbortController()
  const app = fastify()
  const sleep = async (_ms: number, gone?: AbortSignal) => {
    if (!over.signal.aborted) await Promise.race([once(over.signal, 'abort'), gone && once(gone, 'abort')])
  }
  const { method, url: path, handle } = checkRoute({ checks: { ...checks, sleep } })
  app.route({ method, url: path, handler: handle })
  onTestFinished(() => app.close())
  const statusOf = async (wait: number) =>
    (await app.inject(`/wauth/check?proof=good&wait=${wait}`)).statusCode
  const held = [statusOf(30_000), statusOf(30_000)]
  expect(await statusOf(30_000)).toBe(429)
  expect(await statusOf(0)).toBe(200)
  over.abort()
  expect(await Promise.all(held)).toEqual([200, 200])
  expect(await statusOf(30_000)).toBe(200)
})

test('nobody learns by another method that something is there', async () => {
  const app = fastify({ exposeHeadRoutes: false })
  registerRoutes(app, [checkRoute({ checks })], (allow) => (_request, reply) => reply.code(405).send(allow))
  onTestFinished(() => app.close())
  for (const method of ['POST', 'HEAD', 'OPTIONS', 'DELETE'] as const)
    expect((await app.inject({ method, url: '/wauth/check?proof=good&wait=0' })).statusCode).toBe(404)
})
