import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { renderOpenApi } from '../../../../src/http/internal/openapi/document.ts'
import { internalAtHand } from '../../../support/internal-at-hand.ts'
import { operations } from '../../../support/openapi/operations.ts'

const committed = () => readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8')

/** What the linter of Redocly has against a document, by its strictest set of rules. */
async function problemsOf(source: string) {
  const config = await createConfig({
    extends: ['recommended-strict'],
    // Health and metrics refuse nobody.
    rules: { 'operation-4xx-response': 'off' },
  })
  const problems = await lintFromString({ source, config })
  return problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])
}

/** Every route that a server has, as `METHOD /path/{}`. */
async function registeredRoutes(): Promise<string[]> {
  const routes: string[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      routes.push(...[method].flat().map((one) => `${one} ${url.replaceAll(/:\w+/g, '{}')}`))
    })
  }
  subscribe('fastify.initialization', watch)
  await internalAtHand()
  unsubscribe('fastify.initialization', watch)
  return routes
}

test('openapi.json is what the routes say (npm run gen)', () => {
  expect(committed()).toBe(renderOpenApi())
})

test('it is served as it is committed', async () => {
  const at = await internalAtHand()
  const answer = await fetch(`${at.url}/openapi.json`)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await answer.text()).toBe(committed())
})

test('a linter has nothing against it', async () => {
  expect(await problemsOf(committed())).toEqual([])
})

test('the linter finds an example that does not fit its schema', async () => {
  const wrong = committed().replace('"keyStatus": "current"', '"keyStatus": "last"')
  const rules = (await problemsOf(wrong)).map(([rule]) => rule)
  expect(rules).toContain('no-invalid-media-type-examples')
})

test('every route is documented, and nothing else is', async () => {
  // RFC 9110, 9.3.2: a HEAD is a GET without the body; the server adds it by itself.
  const routes = (await registeredRoutes()).filter((route) => !route.startsWith('HEAD '))
  const documented = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
  expect(routes.sort()).toEqual(documented.sort())
  expect(routes.length).toBeGreaterThan(10)
})
