import { describe, expect, test, vi } from 'vitest'
import { fault, type Fault } from '../../src/sandbox/wazzup/fault.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectorUnderFaults } from './connector-under-faults.ts'
import { eachOfFirst } from '../support/long.ts'

const { connector, settled, confirmWith } = connectorUnderFaults()

describe('Wazzup refuses', onOneEngine, () => {
  eachOfFirst(3)<[string, Fault, string, number]>([
    [
      '400, coded',
      fault.refuse(400, { body: { error: 'INVALID_STATE', description: 'x' } }),
      'state_refused',
      400,
    ],
    ['409, empty', fault.refuse(409), 'state_refused', 400],
    ['401', fault.refuse(401, { body: { error: 'UNAUTHORIZED' } }), 'secret_refused', 502],
    ['400, a text', fault.refuse(400, { body: 'no' }), 'state_refused', 400],
    [
      '404, an object',
      fault.refuse(404, { body: { error: { code: 'NO_SUCH_ACCOUNT' } } }),
      'state_refused',
      400,
    ],
    ['403, a page', fault.refuse(403, { body: '<html>' }), 'secret_refused', 502],
  ])('%s → %s, final', async (_what, refusal, reason, status) => {
    const { browser, page, calls } = await confirmWith([refusal])
    expect(page.status).toBe(status)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason })
    expect(calls()).toHaveLength(1)
    expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toBeNull()
  })

  eachOfFirst(1)(['unauthorized', 'forbidden', 'empty', 'html'] as const)(
    'a wrong secret, answered %s',
    async (wrongSecret) => {
      connector.sandbox.wazzup.registerModule({
        crmCode: connector.environment['WAZZUP_CRM_CODE'] ?? '',
        secret: 'another-secret-than-ours',
        authRedirectUri: `${connector.url}/wauth`,
      })
      const { browser } = await confirmWith([], { wrongSecret })
      expect(await resultOf(browser)).toMatchObject({ httpStatus: 502, reason: 'secret_refused' })
    },
  )

  eachOfFirst(1)(['coded', 'with-request-id', 'bare-string', 'nested', 'empty'] as const)(
    'a state of nobody, answered %s',
    async (badState) => {
      connector.sandbox.wazzup.switches.badState = badState
      const { browser } = await walkToConfirm(connector, { state: 'opaque-state-of-nobody' })
      await pressConfirm(browser)
      expect(await resultOf(browser)).toMatchObject({ httpStatus: 400, reason: 'state_refused' })
    },
  )
})

describe('Wazzup says something that makes no sense', onOneEngine, () => {
  eachOfFirst(4)<[string, Fault[], Partial<Switches>]>([
    ['malformed JSON', [fault.processThen('malformed')], {}],
    ['a megabyte', [fault.processThen('huge')], {}],
    ['a redirect', [fault.redirect()], {}],
    ...(['missing', 'null', 'number', 'object', 'empty', 'line-break', 'too-long'] as const).map(
      (keyData): [string, Fault[], Partial<Switches>] => [`a key that is ${keyData}`, [], { keyData }],
    ),
    ['a yes without a word', [fault.processThenReply(204)], {}],
    ['a yes that says something else', [fault.processThenReply(200, { body: { ok: true } })], {}],
    ['a key by itself', [fault.processThenReply(200, { body: '"00112233445566778899aabbccddeeff"' })], {}],
  ])('%s → bad answer, and no key', async (_what, faults, switches) => {
    const { browser, page, calls } = await confirmWith(faults, switches)
    expect(page.status).toBe(502)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'bad_answer' })
    // Wazzup may have kept our crmKey, and send webhooks with it.
    const key = await connector.keyOf(calls()[0]?.crmKey ?? '')
    expect(key).toMatchObject({ keyStatus: 'pending', apiKey: null })
    expect(connector.sandbox.wazzup.requests.filter(({ path }) => path.includes('elsewhere'))).toEqual([])
  })
})

describe('Wazzup says yes in its own way', () => {
  test('201 is as good as 200', async () => {
    const apiKey = '00112233445566778899aabbccddeeff'
    const { browser, calls } = await confirmWith([fault.processThenReply(201, { body: { data: apiKey } })])
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toMatchObject({ apiKey, keyStatus: 'current' })
  })

  test('an answer that trickles in within the deadline connects', async () => {
    const { browser, calls } = await confirmWith([fault.trickle(5)])
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(1)
  })
})

describe('Wazzup has not done anything', () => {
  test('429, for a while: it is waited out by the service, which sends the same bytes again', async () => {
    const { browser, page, calls } = await confirmWith([fault.rateLimited(), fault.rateLimited(1)])
    expect(page.status).toBe(202)
    expect(page.text).toContain('we go on trying')
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(3)
  })

  test(
    '429 for longer than 90 seconds → unavailable, and «Try again» has as long again',
    onOneEngine,
    async () => {
      const { browser, calls } = await confirmWith(Array.from({ length: 200 }, () => fault.rateLimited()))
      for (let passed = 0; passed < 70; passed += 10) {
        await connector.moveTime(seconds(10))
        expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
      }
      await connector.moveTime(seconds(20))
      expect(await settled(browser)).toMatchObject({
        ...{ httpStatus: 503, status: 'failed', reason: 'wazzup_unavailable' },
      })
      await connector.moveTime(seconds(11))
      connector.sandbox.wazzup.faults.splice(2)
      await browser.get(browser.page.url)
      expect((await pressConfirm(browser)).status).toBe(202)
      expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
      expect(await settled(browser)).toMatchObject({ status: 'connected' })
      expect(new Set(calls().map(({ bytes }) => bytes)).size).toBe(1)
    },
  )

  /** Its date is as far away as it says when the answer goes out. */
  const untilInTwoMinutes: Fault = {
    ...fault.rateLimited(),
    get ending() {
      return fault.rateLimited(new Date(Date.now() + seconds(120))).ending
    },
  }

  eachOfFirst(1)<[string, Fault, number[]]>([
    ['429 with more seconds than are waited for', fault.rateLimited(97), [97]],
    // An HTTP date has whole seconds, and one may pass between the two clocks.
    ['429 with a date that is as far', untilInTwoMinutes, [118, 119, 120]],
  ])('%s → unavailable, and «Try again» connects, not before that time', async (_what, limited, waits) => {
    const { browser, page, calls } = await confirmWith([limited])
    expect(page.status).toBe(503)
    expect(Number(page.headers['retry-after'])).toBeOneOf(waits)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable' })
    expect((await pressConfirm(browser)).status).toBe(503)
    expect(calls()).toHaveLength(1)
    await connector.moveTime(seconds(121))
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(2)
  })

  test('429, and the answer to the next sending is lost → pending, then settled', async () => {
    const { browser, calls } = await confirmWith([fault.rateLimited(0), fault.processThen('reset')], {
      stateReuse: 'same-key',
    })
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
    await vi.waitFor(async () => {
      expect(await resultOf(browser)).toMatchObject({ reason: 'outcome_unknown' })
    }, 20_000)
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(3)
  })

  test('while it is waited for, another link of the account takes its place', async () => {
    const { browser, state } = await confirmWith([fault.rateLimited(60)])
    const newer = await walkToConfirm(connector)
    await pressConfirm(newer.browser)
    expect(await resultOf(newer.browser)).toMatchObject({ status: 'connected' })
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
    await connector.moveTime(seconds(61))
    expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toHaveLength(1)
  })

  test('out of reach → unavailable, and the state is kept until the attempt is over', async () => {
    const { browser } = await walkToConfirm(connector)
    await connector.sandbox.wazzup.close()
    expect((await pressConfirm(browser)).status).toBe(202)
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
    await connector.moveTime(seconds(91))
    expect(await settled(browser)).toMatchObject({ reason: 'wazzup_unavailable' })
    await browser.get(browser.page.url)
    expect(browser.page.form('/confirm')).toBeDefined()
    await connector.moveTime(minutes(11))
    expect((await browser.get(browser.page.url)).form('/confirm')).toBeUndefined()
  })
})
