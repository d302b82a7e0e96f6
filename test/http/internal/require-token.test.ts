import fastify from 'fastify'
import { expect, test } from 'vitest'
import { requireToken, tokenJudge } from '../../../src/http/internal/require-token.ts'

test('a failure that cannot be counted is an error of its request, and not of the process', async () => {
  const app = fastify()
  app.addHook(
    'onRequest',
    requireToken(tokenJudge(['the-token']), () => Promise.reject(new Error('nobody counts'))),
  )
  app.get('/', () => 'in')
  expect((await app.inject({ url: '/' })).statusCode).toBe(500)
  const good = await app.inject({ url: '/', headers: { authorization: 'Bearer the-token' } })
  expect(good.body).toBe('in')
  await app.close()
})
