import { describe, expect, test } from 'vitest'
import { fault, type Fault } from '../../src/sandbox/wazzup/fault.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectorUnderFaults } from './connector-under-faults.ts'

const { connector, settled, confirmWith } = connectorUnderFaults()

describe('Wazzup refuses', onOneEngine, () => {
  test.each<[string, Fault, string, number]>([
    [
      '400, coded',
      fault.refuse(400, { body: { error: 'INVALID_STATE', description: 'x' } }),
      'state_refused',
      400,
    ],
    ['400, a text', fault.refuse(400, { body: 'no' }), 'state_refused', 400],
    ['409, empty', fault.refuse(409), 'state_refused', 400],
    [
      '404, an object',
      fault.refuse(404, { body: { error: { code: 'NO_SUCH_ACCOUNT' } } }),
      'state_refused',
      400,
    ],
    ['401', fault.refuse(401, { body: { error: 'UNAUTHORIZED' } }), 'secret_refused', 502],
    ['403, a page', fault.refuse(403, { body: '<html>' }), 'secret_refused', 502],
  ])('%s → %s, final', async (_what, refusal, reason, status) => {
    const { browser, page, calls } = await confirmWith([refusal])
    expect(page.status).toBe(status)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason })
    expect(calls()).toHaveLength(1)
    expect(await connector.keyOf(calls()[0]?.crmKey ?? '')).toBeNull()
  })

  test.each(['unauthorized', 'forbidden', 'empty', 'html'] as const)(
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

  test.each(['coded', 'with-request-id', 'bare-string', 'nested', 'empty'] as const)(
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
  test.each<[string, Fault[], Partial<Switches>]>([
    ['malformed JSON', [fault.processThen('malformed')], {}],
    ['a megabyte', [fault.processThen('huge')], {}],
    ['a redirect', [fault.redirect()], {}],
    ['a yes without a word', [fault.processThenReply(204)], {}],
    ['a yes that says something else', [fault.processThenReply(200, { body: { ok: true } })], {}],
    ['a key by itself', [fault.processThenReply(200, { body: '"00112233445566778899aabbccddeeff"' })], {}],
    ...(['missing', 'null', 'number', 'object', 'empty', 'line-break', 'too-long'] as const).map(
      (keyData): [string, Fault[], Partial<Switches>] => [`a key that is ${keyData}`, [], { keyData }],
    ),
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
  const inHalfAMinute = () => new Date(Date.now() + seconds(30))

  test.each<[string, () => Fault, number[]]>([
    ['429', () => fault.rateLimited(), [10]],
    ['429 with seconds', () => fault.rateLimited(7), [7]],
    // An HTTP date has whole seconds, and one may pass between the two clocks.
    ['429 with a date', () => fault.rateLimited(inHalfAMinute()), [28, 29, 30]],
  ])('%s → unavailable, and «Try again» connects, not before that time', async (_what, limited, waits) => {
    const { browser, page, calls } = await confirmWith([limited()])
    expect(page.status).toBe(503)
    expect(Number(page.headers['retry-after'])).toBeOneOf(waits)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable' })
    expect((await pressConfirm(browser)).status).toBe(503)
    expect(calls()).toHaveLength(1)
    await connector.moveTime(seconds(31))
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(2)
  })

  test('429, and the answer to «Try again» is lost → pending, then settled', async () => {
    const { browser, calls } = await confirmWith([fault.rateLimited(0)], { stateReuse: 'same-key' })
    connector.sandbox.wazzup.faults.push(fault.processThen('reset'))
    expect((await pressConfirm(browser)).status).toBe(202)
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'outcome_unknown' })
    expect(await settled(browser)).toMatchObject({ status: 'connected' })
    expect(calls()).toHaveLength(3)
  })

  test('out of reach → unavailable, and the state is kept until the attempt is over', async () => {
    const { browser } = await walkToConfirm(connector)
    await connector.sandbox.wazzup.close()
    expect((await pressConfirm(browser)).status).toBe(503)
    expect(await resultOf(browser)).toMatchObject({ reason: 'wazzup_unavailable' })
    expect(browser.page.form('/confirm')).toBeDefined()
    await connector.moveTime(minutes(11))
    expect((await browser.get(browser.page.url)).form('/confirm')).toBeUndefined()
  })
})
