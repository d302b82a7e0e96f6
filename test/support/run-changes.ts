/**
 * A process that takes so many changes of one customer by its internal listener, then sends them; says how much memory was in use
 * after a collection, at most, in each of the two.
 */
import Database from 'better-sqlite3'
import { sendSomeChanges } from '../../src/changes/run.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { seconds, systemClock, systemMonotonic } from '../../src/shared/clock.ts'
import { sleep } from '../../src/shared/sleep.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { createRemove } from '../../src/wazzup/remove.ts'
import { createUpsert } from '../../src/wazzup/upsert.ts'
import { connected } from './attempts.ts'
import { contact } from './changes-at-hand.ts'
import { ask, startInternal } from './internal-at-hand.ts'

const { WAZZUP_API_URL = '', CHANGES = '0' } = process.env

const AT_ONCE = 1000

const at = await startInternal()
const { store } = at
await connected(store, 'acme', 'key')

function watchMemory() {
  const seen = { most: 0 }
  return {
    seen,
    look() {
      globalThis.gc?.()
      seen.most = Math.max(seen.most, process.memoryUsage().heapUsed)
    },
  }
}

/** As a CRM does: on a busy machine the listener may ask it to come again. */
async function post(changes: object[]) {
  const body = JSON.stringify({ changes })
  const headers = { 'content-type': 'application/json' }
  const once = () => ask(at, '/v1/connections/acme/changes', { method: 'POST', headers, body })
  let answer = await once()
  for (; answer.status === 503; answer = await once())
    await sleep(1000 * Number(answer.headers.get('retry-after')))
  return answer
}

const accepting = watchMemory()
const rows = (from: number, name: string) =>
  Array.from({ length: AT_ONCE }, (_, i) => contact(`c-${from + i}`, { name }))
for (let from = 0; from < Number(CHANGES); from += AT_ONCE) {
  // Each of the first half is changed once more before it is sent.
  for (const name of from < Number(CHANGES) / 2 ? ['first', 'last'] : ['last']) {
    const { status } = await post(rows(from, name))
    if (status !== 202) throw new Error(`changes were answered ${status}`)
  }
  accepting.look()
}
const oneMore = await post([contact('one-more')])

const client = createWazzupClient({
  apiUrl: new URL(WAZZUP_API_URL),
  deadline: seconds(60),
  maxAnswer: 65536,
})
const call = createAuthorizedCall(client, systemClock)
const sending = watchMemory()
const upsert = createUpsert(call)
let requests = 0
const deps = {
  ...{ store, readPhone: createReadPhone(null), remove: createRemove(call), entities: createEntities(call) },
  upsert: async (...args: Parameters<typeof upsert>) => {
    if (++requests % 50 === 0) sending.look()
    return upsert(...args)
  },
  ...{ clock: systemClock, monotonic: systemMonotonic, random: systemRandom, jitter: () => 0.5 },
  ...{ log: createLogger('silent'), meter: createMetrics().changes },
  narrowings: createNarrowings(systemMonotonic),
}
while (await sendSomeChanges(deps)) sending.look()

const database = new Database(at.path, { readonly: true })
const { left } =
  database.prepare<[], { left: number }>('SELECT count(*) AS left FROM row_changes').get() ?? {}
database.close()
const found = await store.changes.find('acme')
process.stdout.write(
  JSON.stringify({
    ...{ oneMore: [oneMore.status, oneMore.headers.get('retry-after')], found, left, requests },
    ...{ accepting: accepting.seen.most, sending: sending.seen.most },
  }),
)
await client.close()
await at.stop()
