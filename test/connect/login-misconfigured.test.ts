import { expect, test } from 'vitest'
import type { Row } from '../../src/connect/flow.ts'
import { run } from '../../src/connect/run.ts'
import type { ConnectDeps, Request } from '../../src/connect/visit.ts'
import type { LoginMethod, LoginOutcome } from '../../src/login/port.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { NOON } from '../support/attempts.ts'
import { collectLog } from '../support/log-lines.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

const HINT = 'Compare the secret with the one at the provider.'

/** A login whose answer is refused for this reason; it knows one attempt. */
const loginOf = (reason: Extract<LoginOutcome, { kind: 'refused' }>['reason'], attemptId: () => string) => ({
  begin: async () => ({
    ...{ kind: 'redirect', location: new URL('https://crm.example/'), remember: '' },
  }),
  attemptOf: attemptId,
  complete: async () => ({ kind: 'refused', reason, code: 'invalid_client', hint: HINT }),
  mayConnect: () => true,
})

/** A browser comes with a state, is sent to the login, and comes back with an answer that is refused. */
async function walk(reason: Extract<LoginOutcome, { kind: 'refused' }>['reason']) {
  const log = collectLog()
  const metrics = createMetrics()
  const browser = new Map<string, string>()
  const deps = {
    ...{ store: await storeAtHand(), meter: metrics.funnel, log: createLogger('trace', log.destination) },
    login: loginOf(reason, () => [...browser.keys()][0] ?? '') as unknown as LoginMethod,
    ...{ clock: () => NOON, monotonic: systemMonotonic, random: systemRandom },
    sleep: () => new Promise<void>(() => undefined),
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
          answer: new URLSearchParams(),
        },
        ...{ formToken: null, aware: false, again: false, address: '203.0.113.7', requestId: 'r', ...more },
      },
      deps,
    )
  const opened = await visit('arrive', { rawQuery: 'state=some-state' })
  if (opened.kind !== 'opened') throw new Error('expected an attempt')
  browser.set(opened.attemptId, opened.browserSecret)
  await visit('attempt')
  await visit('callback')
  return { visit, log, metrics: async () => (await metrics.page()).text }
}

test('a login that the vendor has set up wrongly is an error in the log, and counted apart', async () => {
  const { log, metrics } = await walk('login_misconfigured')
  const [event] = log.events('connect.callback')
  expect(event).toMatchObject({ level: 'error', login: 'refused', code: 'invalid_client', hint: HINT })
  expect(await metrics()).toContain(
    'wauth_funnel_missed_total{stage="logged_in",reason="login_misconfigured"} 1\n',
  )
})

test('its result says so as often as it is asked, each time without another error in the log', async () => {
  const { log, visit } = await walk('login_misconfigured')
  for (let look = 0; look < 3; look += 1) {
    expect(await visit('result')).toMatchObject({
      result: { status: 'failed', reason: 'login_misconfigured', retry: null },
    })
  }
  expect(log.events('connect.result').map(({ level }) => level)).toEqual(['info', 'info', 'info'])
})

test('logging in again cannot help, so asking for it leads back to the result', async () => {
  const { visit } = await walk('login_misconfigured')
  expect(await visit('attempt', { again: true })).toMatchObject({ kind: 'go', to: 'result' })
})

test('an answer that anybody can send is no error, and the person may log in again', async () => {
  const { log, visit } = await walk('login_failed')
  expect(log.events('connect.callback')).toMatchObject([{ level: 'info', code: 'invalid_client' }])
  expect(await visit('result')).toMatchObject({ result: { reason: 'login_failed', retry: 'login' } })
})
