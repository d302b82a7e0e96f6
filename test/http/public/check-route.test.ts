import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { checkRoute } from '../../../src/http/public/check-route.ts'

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
