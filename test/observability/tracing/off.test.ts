import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pressConfirm, walkToConfirm } from '../../support/connector.ts'
import { lookUp, TOKEN } from '../../support/internal-at-hand.ts'
import { sourceOf } from '../../support/freshly-built.ts'
import { serviceAtHand, setUpAtHand } from '../../support/set-up.ts'

const LIST = fileURLToPath(new URL('../../support/list-otel-modules.ts', import.meta.url))

/** The modules of OpenTelemetry that a service has loaded from its start to its end, a whole install between them. */
async function loadedBy(more: Record<string, string>): Promise<string[]> {
  const setUp = await setUpAtHand({ env: { INTERNAL_TOKEN: TOKEN, ...more } })
  const env = { ...setUp.env, NODE_OPTIONS: `--import ${LIST}` }
  const service = await serviceAtHand(env, { main: sourceOf('main') })
  const { browser } = await walkToConfirm(setUp)
  await pressConfirm(browser)
  await lookUp({ url: service.internalUrl }, setUp.sandbox.wazzup.connects()[0]?.crmKey)
  expect((await fetch(`${service.internalUrl}/metrics`)).status).toBe(200)
  await service.stop()
  return service.output().match(/^loaded .*$/gm) ?? []
}

test('without a collector no module of OpenTelemetry is loaded', async () => {
  expect(await loadedBy({})).toEqual([])
})

test('the same look finds them when there is one, and in what is loaded by require', async () => {
  const found = await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  expect(found.join('\n')).toContain('/@opentelemetry/sdk-trace/')
  // The main file of prom-client, which `metrics/prometheus.ts` goes round.
  const child = spawn(process.execPath, ['--import', LIST, '--eval', "require('prom-client')"])
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect(said).toContain('/@opentelemetry/api/')
})
