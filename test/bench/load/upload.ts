/** Brings the contacts of one account to Wazzup: as the upload does, as changes that wait, by a bare loop, or by the floor. */
import { Agent, request } from 'undici'
import { acceptChanges, MOST_CHANGES } from '../../../src/changes/accept.ts'
import { sendSomeChanges } from '../../../src/changes/run.ts'
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
import { RATE } from '../../../src/wazzup/limiter.ts'
import { claimed } from '../../support/attempts.ts'
import { uploadFloor } from '../floors/upload.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { timed } from '../processes/timed.ts'

const { API_KEY: apiKey = '', WAY = 'upload', AT_LIMIT, ...env } = process.env

const WAYS: Record<string, () => Promise<() => Promise<void>>> = {
  upload: prepareUpload,
  changes: prepareChanges,
  loop: prepareLoop,
  floor: prepareFloor,
}

const run = await (WAYS[WAY] ?? prepareUpload)()

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

/** The parts of the service that send, and a connected account. */
async function prepareService(upload: boolean) {
  const settings = loadSettings({ env, readFile: () => '' })
  const store = await openStore(settings)
  const { stateHash, generationId } = await claimed(store, 'acme')
  const key = { apiKey, apiKeyHash: digest(apiKey), upload, now: new Date(), grace: hours(1) }
  await store.exchanges.record({ stateHash, generationId, ...key })
  const client = createWazzupClient({
    apiUrl: settings.wazzup.apiUrl,
    deadline: seconds(60),
    maxAnswer: 65_536,
  })
  const uploadRate = AT_LIMIT ? RATE : { limit: Infinity, window: seconds(5) }
  const deps = uploadDeps(settings, {
    ...{ store, clients: { upload: client }, log: createLogger('info'), metrics: createMetrics() },
    env: { ...realEnvironment, uploadRate },
  })
  return { store, ...deps }
}

async function prepareUpload() {
  const { store, upload: deps } = await prepareService(true)
  return async () => {
    for (;;) {
      await uploadOne(deps)
      const upload = await store.uploads.find('acme')
      if (upload && isEnded(upload)) return
    }
  }
}

/** They wait before it begins. */
async function prepareChanges() {
  const { store, changes: deps } = await prepareService(false)
  for await (const items of exportedPages(new Agent())) {
    const asked = items.map((row) => ({ kind: 'contacts', op: 'upsert', row }) as const)
    for (let at = 0; at < asked.length; at += MOST_CHANGES) {
      const { kind } = await acceptChanges('acme', asked.slice(at, at + MOST_CHANGES), deps)
      if (kind !== 'accepted') throw new Error(`changes were answered ${kind}`)
    }
  }
  return async () => {
    do await sendSomeChanges(deps)
    while ((await store.changes.find('acme'))?.waiting !== 0)
  }
}

/** Has the batches before it begins. */
async function prepareLoop() {
  const agent = new Agent()
  const batches: object[][] = []
  for await (const items of exportedPages(agent))
    for (let at = 0; at < items.length; at += 100) batches.push(items.slice(at, at + 100))
  const post = posting(agent)
  return async () => {
    for (const batch of batches) await (await post(batch)).dump()
  }
}

async function prepareFloor() {
  const agent = new Agent()
  const file = new URL(env['DATABASE_URL'] ?? '').pathname
  return uploadFloor({ file, pages: () => exportedPages(agent), post: posting(agent) })
}

/** Sends batches; each resolves to the body of its answer. */
function posting(dispatcher: Agent) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const url = `${env['WAZZUP_API_URL'] ?? ''}/v3/contacts`
  return async (batch: readonly object[]) => {
    const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(batch), dispatcher })
    if (answer.statusCode !== 200) throw new Error(`a batch was answered ${answer.statusCode}`)
    return answer.body
  }
}

async function* exportedPages(agent: Agent) {
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await exported(cursor, agent)
    yield page.items
    cursor = page.next
  }
}

async function exported(cursor: string, dispatcher: Agent) {
  const url = `${env['CRM_EXPORT_URL'] ?? ''}/contacts?account=acme${cursor && `&cursor=${cursor}`}`
  const headers = { authorization: `Bearer ${env['CRM_EXPORT_TOKEN'] ?? ''}` }
  const { body } = await request(url, { headers, dispatcher })
  return (await body.json()) as { items: { id: string }[]; next: string | null }
}
