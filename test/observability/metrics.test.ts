import { expect, test } from 'vitest'
import { createMetrics } from '../../src/observability/metrics.ts'

test('the page asks the store each time; while that does not answer, it has the rest and no old numbers', async () => {
  const answers = [
    async () => ({ byStatus: { failed: 2 }, unregistered: { address_refused: 1 } }),
    () => Promise.reject(new Error('the disk is gone')),
    async () => ({ byStatus: { done: 2 }, unregistered: {} }),
  ]
  const metrics = createMetrics(() => answers.shift()?.() ?? Promise.reject(new Error('asked too often')))
  metrics.upload.ended('deals', 'done')
  const page = async () => (await metrics.page()).text
  const first = await page()
  expect(first).toContain('wauth_uploads{status="failed"} 2\n')
  expect(first).toContain('wauth_uploads{status="running"} 0\n')
  expect(first).toContain('wauth_webhooks_unregistered{reason="address_refused"} 1\n')
  const without = await page()
  expect(without).toContain('wauth_upload_steps_total{kind="deals",status="done"} 1\n')
  expect(without).not.toMatch(/^wauth_(uploads|webhooks_unregistered)\{/m)
  const last = await page()
  expect(last).toContain('wauth_uploads{status="failed"} 0\n')
  expect(last).not.toContain('address_refused')
})
