/** Brings the contacts of one account to Wazzup: as the service does without its rate limit, or by a bare loop. */
import { Agent, request } from 'undici'
import { realEnvironment } from '../../../src/compose/environment.ts'
import { uploadDeps } from '../../../src/compose/upload.ts'
import { digest } from '../../../src/crypto/digest.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { loadSettings } from '../../../src/settings.ts'
import { hours, seconds } from '../../../src/shared/clock.ts'
import { openStore } from '../../../src/store/index.ts'
import { isEnded } from '../../../src/upload/progress.ts'
import { uploadOne } from '../../../src/upload/run.ts'
import { createWazzupClient } from '../../../src/wazzup/client.ts'
import { claimed } from '../../support/attempts.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { timed } from '../processes/timed.ts'

const { API_KEY: apiKey = '', ...env } = process.env

const run = await (env['BARE'] ? prepareLoop() : prepareUpload())

answerParent({ run: () => measured(run) })
started()

/** Bytes by which the process grew while it worked. */
async function measured(work: () => Promise<void>) {
  const before = process.memoryUsage.rss()
  let most = before
  const look = () => (most = Math.max(most, process.memoryUsage.rss()))
  const watch = setInterval(look, 20)
  const took = await timed(work)
  look()
  clearInterval(watch)
  return { ...took, growth: most - before }
}

async function prepareUpload() {
  const settings = loadSettings({ env, readFile: () => '' })
  const store = await openStore(settings)
  const { stateHash, generationId } = await claimed(store, 'acme')
  const key = { apiKey, apiKeyHash: digest(apiKey), upload: true, now: new Date(), grace: hours(1) }
  await store.exchanges.record({ stateHash, generationId, ...key })
  const client = createWazzupClient({
    apiUrl: settings.wazzup.apiUrl,
    deadline: seconds(60),
    maxAnswer: 65_536,
  })
  const { upload: deps } = uploadDeps(settings, {
    ...{ store, clients: { upload: client }, log: createLogger('info'), metrics: createMetrics() },
    env: { ...realEnvironment, uploadRate: { limit: Infinity, window: seconds(5) } },
  })
  return async () => {
    for (;;) {
      await uploadOne(deps)
      const upload = await store.uploads.find('acme')
      if (upload && isEnded(upload)) return
    }
  }
}

/** Has the batches before it begins. */
async function prepareLoop() {
  const agent = new Agent()
  const batches: object[][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: object[]; next: string | null } = await exported(cursor, agent)
    for (let at = 0; at < page.items.length; at += 100) batches.push(page.items.slice(at, at + 100))
    cursor = page.next
  }
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  return async () => {
    for (const batch of batches) {
      const body = JSON.stringify(batch)
      const url = `${env['WAZZUP_API_URL'] ?? ''}/v3/contacts`
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`a batch was answered ${answer.statusCode}`)
    }
  }
}

async function exported(cursor: string, dispatcher: Agent) {
  const url = `${env['CRM_EXPORT_URL'] ?? ''}/contacts?account=acme${cursor && `&cursor=${cursor}`}`
  const headers = { authorization: `Bearer ${env['CRM_EXPORT_TOKEN'] ?? ''}` }
  const { body } = await request(url, { headers, dispatcher })
  return (await body.json()) as { items: object[]; next: string | null }
}
