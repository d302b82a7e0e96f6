import { expect, test } from 'vitest'
import { createMetrics, type Census } from '../../src/observability/metrics.ts'

const census = (uploads: Census['uploads']): Census => ({
  uploads,
  connections: { connected: 3 },
  jobs: {
    exchange: { waiting: 2, late: 90_000 },
    upload: { waiting: 0, late: 0 },
  },
  deliveries: { waiting: 4, failed: 1, oldest: 30_000 },
  changes: { waiting: 7, oldest: 60_000 },
  sealingKeys: ['k1', 'k2'],
})

test('the page asks the store each time; while that does not answer, it has the rest and no old numbers', async () => {
  const answers = [
    async () => census({ byStatus: { failed: 2 }, unregistered: { address_refused: 1 } }),
    () => Promise.reject(new Error('the disk is gone')),
    async () => census({ byStatus: { done: 2 }, unregistered: {} }),
  ]
  const metrics = createMetrics({
    census: () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
  })
  metrics.upload.ended('deals', 'done')
  const page = async () => (await metrics.page()).text
  const first = await page()
  expect(first).toContain('wauth_store_up 1\n')
  expect(first).toContain('wauth_uploads{status="failed"} 2\n')
  expect(first).toContain('wauth_uploads{status="running"} 0\n')
  expect(first).toContain('wauth_webhooks_unregistered{reason="address_refused"} 1\n')
  expect(first).toContain('wauth_connections{status="connected"} 3\n')
  expect(first).toContain('wauth_connections{status="invalid"} 0\n')
  expect(first).toContain('wauth_jobs_waiting{job="exchange"} 2\n')
  expect(first).toContain('wauth_job_lateness_seconds{job="exchange"} 90\n')
  expect(first).toContain('wauth_job_lateness_seconds{job="upload"} 0\n')
  expect(first).toContain('wauth_deliveries{status="waiting"} 4\n')
  expect(first).toContain('wauth_deliveries{status="failed"} 1\n')
  expect(first).toContain('wauth_delivery_oldest_seconds 30\n')
  expect(first).toContain('wauth_changes_waiting 7\n')
  expect(first).toContain('wauth_change_oldest_seconds 60\n')
  expect(first).toContain('wauth_encryption_key_needed{key_id="k2"} 1\n')
  const without = await page()
  expect(without).toContain('wauth_store_up 0\n')
  expect(without).toContain('wauth_upload_steps_total{kind="deals",status="done"} 1\n')
  expect(without).not.toMatch(
    /^wauth_(uploads|webhooks_unregistered|connections|jobs_waiting|job_lateness_seconds|encryption_key_needed)\{/m,
  )
  const last = await page()
  expect(last).toContain('wauth_uploads{status="failed"} 0\n')
  expect(last).not.toContain('address_refused')
})

test('a store that never answers keeps nobody waiting: the page comes without it', async () => {
  const { page } = createMetrics({ census: () => new Promise(() => undefined), deadline: 10 })
  expect((await page()).text).toContain('wauth_store_up 0\n')
})

test('a store that answers and takes no write is not up, and its numbers are there', async () => {
  const { page } = createMetrics({
    census: async () => census({ byStatus: {}, unregistered: {} }),
    takesWrites: () => Promise.reject(new Error('the disk is full')),
  })
  const { text } = await page()
  expect(text).toContain('wauth_store_up 0\n')
  expect(text).toContain('wauth_connections{status="connected"} 3\n')
})

test('what has not happened yet is there as 0, so that a rule for an alert finds it', async () => {
  const { text } = await createMetrics().page()
  for (const result of ['current', 'previous', 'pending', 'unknown', 'unavailable']) {
    expect(text).toContain(`wauth_key_lookups_total{result="${result}"} 0\n`)
  }
  expect(text).toContain('wauth_funnel_reached_total{stage="connected"} 0\n')
  expect(text).toContain('wauth_funnel_missed_total{stage="connected",reason="secret_refused"} 0\n')
})

test('an answer of Wazzup is told by its kind, its route without the query', async () => {
  const { requests, page } = createMetrics()
  for (const status of [200, 204, 302, 404, 429, 503, 999, null]) {
    requests.called({ method: 'POST', route: '/v3/connect', status, took: 100 })
  }
  const { text } = await page()
  const counted = [...text.matchAll(/wauth_wazzup_call_duration_seconds_count\{.*answer="(\w+)"\} (\d)/g)]
  expect(counted.map(([, answer, n]) => `${answer ?? ''} ${n ?? ''}`).sort()).toEqual(
    ['2xx 2', '3xx 1', '4xx 1', '429 1', '5xx 1', '9xx 1', 'none 1'].sort(),
  )
})
