import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { freePort } from '../support/free-port.ts'
import { seconds } from '../../src/shared/clock.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { readPromql } from '../support/promql.ts'
import { startProcess } from '../support/service-process.ts'
import { setUpFor } from '../support/set-up.ts'

const document = (name: string) =>
  readFile(new URL(`../../docs/observability/${name}`, import.meta.url), 'utf8')

const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string().min(1),
      type: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
})

const Alerts = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Wauth[A-Za-z]+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.strictObject({ summary: z.string().min(1), action: z.string().optional() }),
        }),
      ),
    }),
  ),
})

const dashboard = Dashboard.parse(JSON.parse(await document('dashboard.json')))
const panels = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
)
const rules = Alerts.parse(parse(await document('alerts.yaml'))).groups.flatMap((group) => group.rules)

/** Metrics that Prometheus makes by itself at every scrape, and the labels that it adds. */
const OF_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance'] }

/** What a running service serves after some customers have come. */
let page: string
const setUp = setUpFor('all', { env: { INTERNAL_TOKEN: TOKEN, TIME_JUMP: String(seconds(5)) } })

beforeAll(async () => {
  const { sandbox } = setUp
  const receiver = await receiverAtHand()
  const service = await startProcess(
    {
      ...setUp.env,
      ...{ EVENTS_URL: receiver.url, EVENTS_SECRET: newWebhookSecret() },
      // Nobody is there, so that Wazzup refuses the address.
      WEBHOOKS_URL: `http://127.0.0.1:${await freePort()}/webhooks`,
    },
    { preload: true },
  )
  const metrics = () => fetch(`${service.internalUrl}/metrics`).then((answer) => answer.text())
  const refused = await walkToConfirm(setUp)
  sandbox.wazzup.faults.push(fault.refuse(401))
  await pressConfirm(refused.browser)
  const { browser } = await walkToConfirm(setUp)
  await pressConfirm(browser)
  expect((await resultOf(browser)).status).toBe('connected')
  await lookUp({ url: service.internalUrl }, sandbox.wazzup.connects().at(-1)?.crmKey)
  const change = await fetch(`${service.internalUrl}/v1/connections/acme/changes`, {
    ...{ method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } },
    body: JSON.stringify({ changes: [{ kind: 'deals', op: 'delete', id: 'd-1' }] }),
  })
  expect(change.status).toBe(202)
  // Garbage is collected, and the upload comes to its end, at some time. Each look moves the clock between its tries.
  page = await vi.waitFor(
    async () => {
      service.child.kill('SIGCONT')
      const text = await metrics()
      expect(text).toMatch(/^nodejs_gc_duration_seconds_count/m)
      expect(text).toContain('wauth_webhooks_unregistered{reason="address_refused"} 1')
      expect(text).toMatch(/^wauth_delivery_seconds_count{type="connection.connected"} 1$/m)
      expect(text).toMatch(/^wauth_changes_total{kind="deals",op="delete",outcome="sent"} 1$/m)
      return text
    },
    { timeout: 120_000, interval: 200 },
  )
  return async () => {
    await service.stop()
    receiver.close()
  }
})

/** Refuses the first event, and takes all others. */
async function receiverAtHand() {
  let asked = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(asked++ === 0 ? 500 : 204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, close }
}

const served = () =>
  [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }))

/** The names under which the series of the served metrics can be asked for. */
const askable = () =>
  served().flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  )

const seriesOf = (metric: string) => page.split('\n').filter((line) => line.startsWith(`${metric}{`))

const labelsOf = (metric: string) =>
  new Set(seriesOf(metric).flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label ?? '')))

/** An expression asks for nothing that is not there: no metric, no label, no value of one. */
function expectServed(expression: string) {
  const { metrics, labels, equal } = readPromql(expression)
  expect(metrics).not.toEqual([])
  const own = metrics.filter((metric) => !OF_PROMETHEUS.metrics.includes(metric))
  expect(askable()).toEqual(expect.arrayContaining(own))
  const known = [...OF_PROMETHEUS.labels, ...own.flatMap((metric) => [...labelsOf(metric)])]
  expect(known).toEqual(expect.arrayContaining(labels))
  for (const { metric, label, value } of equal) {
    // That nothing of the kind has happened here is as it should be.
    if (label === 'status' && value === '500') continue
    if (OF_PROMETHEUS.metrics.includes(metric)) continue
    expect(seriesOf(metric).join('\n')).toContain(`${label}="${value}"`)
  }
}

describe('the dashboard', () => {
  test.each(panels)('$title: $expr', ({ expr, legendFormat }) => {
    expectServed(expr)
    const { labels } = readPromql(expr)
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
    expect([...labels, 'instance']).toEqual(expect.arrayContaining(shown))
  })

  test('shows every metric of ours', () => {
    const asked = new Set(panels.flatMap(({ expr }) => readPromql(expr).metrics))
    const missing = served().filter(
      ({ name }) =>
        name.startsWith('wauth_') && ![name, `${name}_bucket`, `${name}_count`].some((one) => asked.has(one)),
    )
    expect(missing).toEqual([])
  })
})

describe('the rules for alerts', () => {
  test.each(rules)('$alert', ({ expr }) => {
    expectServed(expr)
  })

  test('have names of their own', () => {
    const names = rules.map(({ alert }) => alert)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('the table of the metrics', () => {
  test('names all that are served, with their labels, and no others', async () => {
    const rows = [...(await document('README.md')).matchAll(/^\| +(`\w+`[^|]*)\|([^|]*)\|/gm)]
    const words = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word ?? '')
    const documented = rows.flatMap(([, names = '', labels = '']) =>
      words(names).map((name) => ({ name, labels: words(labels).sort() })),
    )
    const found = served().map(({ name, type }) => {
      const labels = labelsOf(type === 'histogram' ? `${name}_count` : name)
      return { name, labels: [...labels].sort() }
    })
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1)
    // Elsewhere Node says less of the process.
    const expected =
      process.platform === 'linux'
        ? documented
        : documented.filter(({ name }) => found.some((one) => one.name === name))
    expect(found.sort(byName)).toEqual(expected.sort(byName))
  })
})

describe('a reader of PromQL', () => {
  test('finds metrics, labels and values', () => {
    expect(readPromql('sum by (le) (rate(a_b{x="1", y=~"z.*"}[$__rate_interval])) / on (k) c > 3')).toEqual({
      metrics: ['a_b', 'c'],
      labels: ['le', 'x', 'y', 'k'],
      equal: [{ metric: 'a_b', label: 'x', value: '1' }],
    })
  })

  test('takes nothing that is broken', () => {
    expect(() => readPromql('sum by (le) (rate(a_b[5m])')).toThrow('no PromQL')
    expect(() => readPromql('rate(a_b{x=1}[5m])')).toThrow('no PromQL')
  })
})
