import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { freePort } from '../support/free-port.ts'
import { walkToConfirm } from '../support/connector.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { startOtlpReceiver, valuesOf } from '../support/otlp-receiver.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { serviceAtHand, setUpFor } from '../support/set-up.ts'
import { visit } from '../support/visit.ts'

const setUp = setUpFor('each', { env: { INTERNAL_TOKEN: TOKEN } })
let collector: Awaited<ReturnType<typeof startOtlpReceiver>>
let service: ServiceProcess
beforeEach(async () => {
  collector = await startOtlpReceiver()
  onTestFinished(() => collector.close())
})

const trace = () => ({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') })
const header = ({ traceId, spanId }: ReturnType<typeof trace>, flags = '01') =>
  `00-${traceId}-${spanId}-${flags}`

/** Presses the button of the confirm page, as a request that carries this header. */
async function confirmWith(browser: Browser, traceparent: string) {
  const form = browser.page.form('/confirm')
  return fetch(new URL(form?.action ?? '', setUp.url), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...{ traceparent, origin: setUp.url, cookie: await browser.jar.getCookieString(setUp.url) },
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ ...form?.fields, aware: 'on' }).toString(),
  })
}

const connectHeader = () =>
  setUp.sandbox.wazzup.requests.findLast(({ path }) => path === '/v3/connect')?.headers['traceparent']

const logged = (event: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** What the service has written comes by a pipe, in its own time. */
const firstLogged = (event: string) =>
  vi.waitFor(
    () => {
      const [first] = logged(event)
      if (!first) throw new Error(`no ${event} in the log`)
      return first
    },
    { timeout: 60_000 },
  )

describe('without a collector', () => {
  test('nothing is recorded; a trace of somebody else goes on to Wazzup and into the log', async () => {
    service = await serviceAtHand(setUp.env)
    const theirs = trace()
    const { browser } = await walkToConfirm(setUp)
    expect((await confirmWith(browser, header(theirs))).status).toBe(303)
    // A stranger's word on whether to record is not passed on.
    expect(connectHeader()).toBe(header(theirs, '00'))
    expect(await firstLogged('connect.confirm')).toMatchObject(theirs)
    expect(await firstLogged('connect.callback')).not.toHaveProperty('traceId')
    expect(collector.headers).toEqual([])
  })

  test('what is no traceparent to the letter goes nowhere', async () => {
    service = await serviceAtHand(setUp.env)
    const { browser } = await walkToConfirm(setUp)
    const hostile = `${header(trace())}-{"level":"fatal"}`
    expect((await confirmWith(browser, hostile)).status).toBe(303)
    expect(connectHeader()).toBeUndefined()
    expect(await firstLogged('connect.confirm')).not.toHaveProperty('traceId')
    expect(service.output()).not.toContain('fatal')
  })

  test('on the internal listener it is taken as it came, on to every call to Wazzup', async () => {
    service = await serviceAtHand(setUp.env)
    const { browser } = await walkToConfirm(setUp)
    await confirmWith(browser, header(trace()))
    const theirs = trace()
    const at = { url: service.internalUrl }
    await ask(at, '/v1/connections/acme', {
      method: 'DELETE',
      headers: { traceparent: header(theirs), tracestate: 'vendor=secret', baggage: 'user=secret' },
    })
    const calls = setUp.sandbox.wazzup.requests.filter(
      ({ headers }) => headers['traceparent'] === header(theirs),
    )
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toContain('GET /v3/webhooks')
    expect(await firstLogged('keys.disconnect')).toMatchObject(theirs)
    const passedOn = setUp.sandbox.wazzup.requests.flatMap(({ headers }) => Object.keys(headers))
    expect(passedOn).not.toContain('tracestate')
    expect(passedOn).not.toContain('baggage')
  })
})

describe('with a collector', () => {
  const traced = (more: Record<string, string> = {}) =>
    serviceAtHand({ ...setUp.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more })

  test('requests of both listeners and calls to Wazzup are spans of one trace, and name nothing secret', async () => {
    service = await traced({ OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=me', OTEL_SERVICE_NAME: 'the-connector' })
    const theirs = trace()
    const { browser, state } = await walkToConfirm(setUp)
    await confirmWith(browser, header(theirs, '00'))
    const crmKey = setUp.sandbox.wazzup.connects()[0]?.crmKey ?? ''
    await lookUp({ url: service.internalUrl }, crmKey)
    await createBrowser().get(`${setUp.url}/nowhere?state=${state}`)
    const sent = connectHeader()
    expect(await service.stop()).toEqual({ code: 0, signal: null })

    const spans = collector.spans()
    const named = (name: string) => spans.find((span) => span.name === name)
    const confirm = named('POST /wauth/attempts/:id/confirm')
    const call = named('POST /v3/connect')
    expect(confirm).toMatchObject({ traceId: theirs.traceId, parentSpanId: theirs.spanId, kind: 2 })
    expect(call).toMatchObject({ traceId: theirs.traceId, parentSpanId: confirm?.spanId, kind: 3 })
    expect(sent).toBe(`00-${theirs.traceId}-${call?.spanId ?? ''}-01`)
    expect(valuesOf(confirm?.attributes ?? [])).toEqual({
      ...{ 'http.request.method': 'POST', 'http.route': '/wauth/attempts/:id/confirm' },
      ...{ 'wauth.listener': 'public', 'http.response.status_code': 303 },
    })
    expect(valuesOf(call?.attributes ?? [])).toMatchObject({ 'http.response.status_code': 200 })
    expect(valuesOf(named('POST /v1/keys/lookup')?.attributes ?? [])).toMatchObject({
      'wauth.listener': 'internal',
    })
    expect(named('GET')).toMatchObject({ kind: 2 })
    expect(await firstLogged('connect.confirm')).toMatchObject({
      traceId: theirs.traceId,
      spanId: confirm?.spanId,
    })
    expect(collector.resource()).toMatchObject({ 'service.name': 'the-connector' })
    expect(collector.headers[0]).toMatchObject({ 'x-tenant': 'me' })

    const { apiKey = 'x' } = setUp.sandbox.wazzup.connections()[0] ?? {}
    const secrets = [state, crmKey, apiKey, TOKEN, 'acme', 'Keller']
    const attempt = /attempts\/([\w-]+)\//.exec(browser.page.url)?.[1] ?? 'x'
    for (const secret of [...secrets, attempt]) expect(collector.text()).not.toContain(secret)
  })

  test('a share of 0 records nothing of the public listener, whatever a stranger asks for', async () => {
    service = await traced({ OTEL_TRACES_SAMPLER_ARG: '0' })
    const [theirs, ours] = [trace(), trace()]
    await visit(`${setUp.url}/wauth?state=x`, { traceparent: header(theirs) })
    await fetch(`${service.internalUrl}/livez`, { headers: { traceparent: header(ours) } })
    await service.stop()
    expect(collector.spans().map(({ traceId }) => traceId)).toEqual([ours.traceId])
  })

  test('a collector that refuses costs spans and one line, and keeps nobody waiting', async () => {
    collector.answerWith(400)
    service = await traced()
    expect((await fetch(`${service.internalUrl}/readyz`)).status).toBe(200)
    expect(await service.stop()).toEqual({ code: 0, signal: null })
    expect(logged('tracing.export_failed')).toHaveLength(1)
  })

  // A stop that takes ten seconds ends with exit code 1.
  test('a collector that is away does not hold up the end', async () => {
    service = await serviceAtHand({
      ...setUp.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    })
    await fetch(`${service.internalUrl}/readyz`)
    expect(await service.stop()).toEqual({ code: 0, signal: null })
  })
})
