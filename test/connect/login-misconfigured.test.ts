import { expect, test } from 'vitest'
import type { Row } from '../../src/connect/flow.ts'
import { createNews } from '../../src/connect/news.ts'
import { run } from '../../src/connect/run.ts'
import type { ConnectDeps, Request } from '../../src/connect/visit.ts'
import type { LoginFailure, LoginOutcome, LoginStart } from '../../src/login/port.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { NOON } from '../support/attempts.ts'
import { collectLog } from '../support/log-lines.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

const HINT = 'Compare the secret with the one at the provider.'

const redirect: LoginStart = { kind: 'redirect', location: new URL('https://crm.example/'), remember: '' }

const refused = (
  reason: Extract<LoginOutcome, { kind: 'refused' }>['reason'],
  code = 'invalid_client',
): LoginFailure => ({ kind: 'refused', reason, code, hint: HINT })

/** How the login begins, time after time, and how it ends. */
interface Ways {
  begins?: LoginStart[]
  ends?: LoginOutcome
}

/** A browser comes with a state, is sent to the login, and comes back with an answer that is refused. */
async function walk({ begins = [], ends = refused('login_failed') }: Ways) {
  const log = collectLog()
  const metrics = createMetrics()
  const browser = new Map<string, string>()
  const deps = {
    ...{ store: await storeAtHand(), meter: metrics.funnel, log: createLogger('trace', log.destination) },
    login: {
      begin: async () => begins.shift() ?? redirect,
      attemptOf: () => [...browser.keys()][0] ?? '',
      complete: async () => ends,
      mayConnect: () => true,
    },
    ...{ clock: () => NOON, monotonic: systemMonotonic, random: systemRandom },
    sleep: () => new Promise<void>(() => undefined),
    isNews: createNews(),
    settings: { crmCode: 'acme-crm', unfinishedAttempts: 10, uploadPlan: [] },
  } as unknown as ConnectDeps
  const visit = (row: Row, more: Partial<Request> = {}) =>
    run(
      row,
      {
        ...{
          attemptId: [...browser.keys()][0] ?? null,
          browser,
          rawQuery: '',
          answer: { params: new URLSearchParams(), headers: new Headers() },
        },
        ...{ formToken: null, aware: false, again: false, address: '203.0.113.7', requestId: 'r', ...more },
      },
      deps,
    )
  const opened = await visit('arrive', { rawQuery: 'state=some-state' })
  if (opened.kind !== 'opened') throw new Error('expected an attempt')
  browser.set(opened.attemptId, opened.browserSecret)
  const begun = await visit('attempt')
  if (begun.kind === 'login') await visit('callback')
  return { begun, visit, log, metrics: async () => (await metrics.page()).text }
}

test('a login that the vendor has set up wrongly is an error in the log, and counted apart', async () => {
  const { log, metrics } = await walk({ ends: refused('login_misconfigured') })
  const [event] = log.events('connect.callback')
  expect(event).toMatchObject({ level: 'error', login: 'refused', code: 'invalid_client', hint: HINT })
  expect(await metrics()).toContain(
    'wauth_funnel_missed_total{stage="logged_in",reason="login_misconfigured"} 1\n',
  )
})

test('its result says so as often as it is asked, without another error in the log, which tells it once', async () => {
  const { log, visit } = await walk({ ends: refused('login_misconfigured') })
  for (let look = 0; look < 3; look += 1) {
    expect(await visit('result')).toMatchObject({
      result: { status: 'failed', reason: 'login_misconfigured', retry: 'login' },
    })
  }
  expect(log.events('connect.result').map(({ level }) => level)).toEqual(['info', 'debug', 'debug'])
})

test('who has another user can log in as that one, with the same attempt', async () => {
  const { visit } = await walk({ ends: refused('login_misconfigured') })
  expect(await visit('attempt', { again: true })).toMatchObject({ kind: 'login' })
  expect(await visit('callback')).toMatchObject({ kind: 'go', to: 'result' })
})

test('an answer that anybody can send is no error, and the person may log in again', async () => {
  const { log, visit } = await walk({ ends: refused('login_failed') })
  expect(log.events('connect.callback')).toMatchObject([{ level: 'info', code: 'invalid_client' }])
  expect(await visit('result')).toMatchObject({ result: { reason: 'login_failed', retry: 'login' } })
})

const missed = (reason: string, times: number) =>
  `wauth_funnel_missed_total{stage="logged_in",reason="${reason}"} ${times}\n`

test('a login that cannot begin by the vendor’s mistake is an error, counted apart, and told as such', async () => {
  const { begun, log, metrics } = await walk({ begins: [refused('login_misconfigured', 'issuer_mismatch')] })
  expect(begun).toMatchObject({ kind: 'refused', problem: 'login_misconfigured' })
  expect(log.events('connect.attempt')).toMatchObject([
    { level: 'error', step: 'sendToLogin', code: 'issuer_mismatch', hint: HINT },
  ])
  expect(await metrics()).toContain(missed('login_misconfigured', 1))
  expect(await metrics()).toContain(missed('login_unavailable', 0))
})

test('when that is mended, the same attempt leads to the login', async () => {
  const { visit } = await walk({ begins: [refused('login_misconfigured', 'issuer_mismatch')] })
  expect(await visit('attempt')).toMatchObject({ kind: 'login' })
})

test('a login that cannot begin as its server is away is no error, and told as such', async () => {
  const { begun, log, metrics } = await walk({ begins: [{ kind: 'unavailable', code: 'peer_too_slow' }] })
  expect(begun).toMatchObject({ kind: 'refused', problem: 'login_unavailable' })
  expect(log.events('connect.attempt')).toMatchObject([{ level: 'info', code: 'peer_too_slow' }])
  expect(await metrics()).toContain(missed('login_unavailable', 1))
})

test('a mistake of the service itself is an error in the log, at the begin of a login and at its end', async () => {
  const bug: LoginFailure = {
    ...{ kind: 'refused', reason: 'login_failed', code: 'unexpected' },
    ...{ isBug: true, cause: new TypeError() },
  }
  const { log } = await walk({ begins: [bug] })
  expect(log.events('connect.attempt')).toMatchObject([{ level: 'error', code: 'unexpected' }])
  const { log: later } = await walk({ ends: bug })
  expect(later.events('connect.callback')).toMatchObject([
    { level: 'error', code: 'unexpected', err: { name: 'TypeError' } },
  ])
})
