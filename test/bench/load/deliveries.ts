/** Sends events that wait: as the service does, as its floor, or by a bare loop that posts the same bytes and commits as often. */
import Database from 'better-sqlite3'
import { Agent, request } from 'undici'
import { realEnvironment } from '../../../src/compose/environment.ts'
import { eventDeps } from '../../../src/compose/events.ts'
import { DELIVERIES_AT_A_TIME, deliveryLoop } from '../../../src/compose/loops.ts'
import { createKeyRing } from '../../../src/crypto/key-ring.ts'
import { createSealer } from '../../../src/crypto/sealer.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { loadSettings } from '../../../src/settings.ts'
import { openStore } from '../../../src/store/index.ts'
import { tableRows } from '../../../src/store/sqlite/table-rows.ts'
import { addDeliveries } from '../databases/deliveries.ts'
import { deliveriesFloor } from '../floors/deliveries.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { timed } from '../processes/timed.ts'

type Work = (...args: unknown[]) => unknown

/** Transactions of the service, and of the floor. They make each by this function of the driver. */
let commits = 0
const inTransaction = Reflect.get(Database.prototype, 'transaction') as (this: object, work: Work) => Work
Reflect.set(Database.prototype, 'transaction', function (this: object, work: Work) {
  return inTransaction.call(this, (...args) => {
    commits += 1
    return work(...args)
  })
})

/** Commits for each event that the service, or the floor, has made the last time. The loop makes as many. */
let share = 0

const { FILE = '', BARE = '', CUSTOMERS = '0', ...env } = process.env
const settings = loadSettings({ env, readFile: () => '' })
const url = settings.events?.url ?? new URL('http://127.0.0.1')
const sealer = createSealer(createKeyRing(settings.encryptionKeys.reveal()))
const customers = Number(CUSTOMERS)

const store = await openStore(settings, { keepsLeases: true })
const parts = { store, log: createLogger('info'), metrics: createMetrics(), env: realEnvironment }
const filling = tableRows(new Database(FILE))
let filled = 0

const floor = deliveriesFloor({
  ...{ file: FILE, url, sealer, width: DELIVERIES_AT_A_TIME },
  secret: settings.events?.secrets[0]?.reveal() ?? '',
})

const bareDb = new Database(BARE)
// As the service commits what may be done again: a power cut may undo the last ones.
for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL']) bareDb.pragma(pragma)
bareDb.exec('CREATE TABLE deliveries (number INTEGER PRIMARY KEY, status INTEGER NOT NULL) STRICT')
const insert = bareDb.prepare<[number]>('INSERT INTO deliveries (number, status) VALUES (?, 0)')
const commit = bareDb.prepare<[number]>('UPDATE deliveries SET status = status + 1 WHERE number = ?')
const agent = new Agent()

answerParent({
  /** So many more events for each customer. */
  async fill(each: number) {
    await addDeliveries(filling, { customers, each, after: filled, sealer })
    filled += each
  },
  send,
  floor: sendByFloor,
  bare: (count: number) => {
    for (let i = 0; i < count; i++) insert.run(i)
    return timed(() => bare(count)).finally(() => bareDb.exec('DELETE FROM deliveries'))
  },
})
started()

async function sendByFloor(count: number) {
  const before = commits
  const took = await timed(async () => {
    const sent = await floor()
    if (sent !== count) throw new Error(`the floor has sent ${sent} events of ${count}`)
  })
  share = (commits - before) / count
  return took
}

async function send(count: number) {
  const events = eventDeps(settings, parts)
  if (!events) throw new Error('EVENTS_URL is not set')
  const all = Promise.withResolvers<undefined>()
  let left = count
  const delivered = (type: string, took: number) => {
    events.meter.delivered(type, took)
    if (--left === 0) all.resolve(undefined)
  }
  const loop = deliveryLoop({ ...events, meter: { ...events.meter, delivered } })
  const before = commits
  const took = await timed(async () => {
    loop.start()
    await all.promise
  })
  share = (commits - before) / count
  await loop.stop()
  await events.receiver.close()
  return took
}

/** Bytes like those of the service, made before. */
const body = JSON.stringify({
  ...{ type: 'connection.recovered', timestamp: new Date().toISOString() },
  data: {
    ...{ crmAccountId: 'customer-0', connectionId: 'Zb5Vc1oUu0J9c1YwZb5Vc1', wazzupAccountId: '10000000' },
    ...{ generation: 1, sequence: 1 },
  },
})
const headers = {
  ...{ 'content-type': 'application/json', 'user-agent': 'wauth-connector/0.1.0' },
  ...{ 'webhook-id': 'evt_Zb5Vc1oUu0J9c1YwZb5Vc1_1', 'webhook-timestamp': '1764000000' },
  'webhook-signature': `v1,${'A'.repeat(43)}=`,
}

async function bare(count: number) {
  let [next, owed] = [0, 0]
  const lane = async () => {
    while (next < count) {
      const number = next++
      const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body })
      await answer.body.dump()
      for (owed += share; owed >= 1; owed -= 1) commit.run(number)
    }
  }
  await Promise.all(Array.from({ length: DELIVERIES_AT_A_TIME }, lane))
}
