import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CrmSource, PageOutcome, PageRequest, SourceKind } from '../../src/crm/port.ts'
import { confirmingRefusals } from '../../src/keys/health.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createAccounts, type Account } from '../../src/sandbox/wazzup/accounts.ts'
import type { Answer } from '../../src/sandbox/wazzup/answer.ts'
import { listOf } from '../../src/sandbox/wazzup/entities/read.ts'
import { upsert } from '../../src/sandbox/wazzup/entities/upsert.ts'
import { createRateWindows } from '../../src/sandbox/wazzup/rate-windows.ts'
import { defaultSwitches, type Switches } from '../../src/sandbox/wazzup/switches.ts'
import { after, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { UploadDeps } from '../../src/upload/deps.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { uploadOne } from '../../src/upload/run.ts'
import { createGate } from '../../src/upstream/gate.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import type { Call, Exchanged, WazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { createGatedClient } from '../../src/wazzup/gated-client.ts'
import { createLimitedCall, RATE } from '../../src/wazzup/limiter.ts'
import { createUpsert } from '../../src/wazzup/upsert.ts'
import { createWebhooks } from '../../src/wazzup/webhooks.ts'
import { createLoop } from '../../src/workers/loop.ts'
import { OVERDUE } from '../../src/compose/loops.ts'
import { claimed, NOON, recordKey } from './attempts.ts'
import { drivenTime } from './driven-time.ts'
import { exportedRow, type Sizes } from './exported-rows.ts'
import { tempDir } from './temp-dir.ts'

/** What becomes of one call: its answer is another one, or is lost; `processed`: after Wazzup has done what was asked. */
export interface Trouble {
  answer?: { status: number; body?: string; headers?: Record<string, string> }
  lost?: 'deadline' | 'ECONNRESET'
  processed?: boolean
}

export interface DrivenOptions {
  /** The customers, and how much each of them exports. */
  sizes: Record<string, Sizes>
  switches?: Partial<Switches>
  /** Asked for every call; null: as usual. `number` counts the customer's calls from 0. */
  atWazzup?: (call: Call, at: { customer: string; number: number }) => Trouble | null
  /** The same for the pages of the export, of which one takes so many milliseconds by itself. */
  atExport?: (page: PageRequest, number: number) => PageOutcome | { takes: number } | null
  /** How long one call to Wazzup takes, in milliseconds. */
  callTakes?: number
  /** Of the loop. */
  patience?: number
  alter?: (row: object, kind: SourceKind, index: number) => object
}

/** How long one page takes, in milliseconds. */
const PAGE = 40
const PAGE_ROWS = 1000

/**
 * The real uploads of these customers, four at a time, over the simulator's own rules of the data and of the rate, in a time
 * that passes as fast as everybody waits for it. Resolves when all have ended.
 */
export async function uploadAll(options: DrivenOptions) {
  const time = drivenTime()
  const clock = () => after(NOON, time.now())
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const store = await openSqliteStore(join(folder.path, 'wauth.db'), { clock, monotonic: time.now })
  onTestFinished(() => store.close())
  const customers = Object.keys(options.sizes)
  for (const customer of customers) await recordKey(store, await claimed(store, customer), customer, true)
  const accounts = createAccounts()
  const ends = new Map<string, number>()
  const log = createLogger('info', {
    write(line: string) {
      const { event, crmAccountId } = JSON.parse(line) as { event: string; crmAccountId: string }
      if (event === 'upload.ended') ends.set(crmAccountId, time.now())
    },
  })
  const deps = depsOf({ store, log, clock, time, accounts }, options)
  const loop = createLoop(() => uploadOne(deps), {
    ...{
      name: 'upload',
      idle: seconds(1),
      width: 4,
      patience: options.patience ?? OVERDUE,
      log,
      sleep: time.sleep,
    },
  })
  const began = time.now()
  loop.start()
  const allEnded = async () => {
    while (ends.size < customers.length) await time.sleep(500)
    await loop.stop()
  }
  await time.run(allEnded())
  return {
    /** When the upload of each customer ended, in milliseconds after the start. */
    ends: new Map([...ends].map(([customer, at]) => [customer, at - began])),
    account: (customer: string) => accounts.of(customer),
    upload: (customer: string) => store.uploads.find(customer),
    rejects: async (customer: string) => {
      const upload = await store.uploads.find(customer)
      return store.uploads.rejects(upload?.generationId ?? '', { after: 0, limit: 1000 })
    },
  }
}

interface World {
  store: Awaited<ReturnType<typeof openSqliteStore>>
  log: UploadDeps['log']
  clock: () => Date
  time: ReturnType<typeof drivenTime>
  accounts: ReturnType<typeof createAccounts>
}

function depsOf({ store, log, clock, time, accounts }: World, options: DrivenOptions): UploadDeps {
  const { now: monotonic, sleep } = time
  const gated = createGatedClient(simulated({ time, accounts }, options), {
    ...{ gate: createGate(monotonic), deadline: seconds(15), monotonic, rejectedByGate: () => undefined },
  })
  const limited = createLimitedCall(createAuthorizedCall(gated, clock), { ...RATE, monotonic, sleep })
  const call = confirmingRefusals(limited)
  return {
    ...{ store, log, clock, monotonic, random: systemRandom, jitter: () => 0.5 },
    ...{ webhooksUrl: null, readPhone: createReadPhone(null), meter: createMetrics().upload },
    source: exportOf(time, options),
    upsert: createUpsert(call),
    entities: createEntities(call),
    webhooks: createWebhooks(call),
    narrowings: createNarrowings(monotonic),
    rooms: createRooms(monotonic),
  }
}

/** The simulator without its sockets. */
function simulated(
  { time, accounts }: Pick<World, 'time' | 'accounts'>,
  { switches: given, atWazzup, callTakes = 80 }: DrivenOptions,
): WazzupClient {
  const switches = { ...defaultSwitches, ...given }
  const rates = createRateWindows(() => new Date(time.now()))
  const numbers = new Map<string, number>()
  const usual = (call: Call, account: Account): Answer => {
    const [, , kind = ''] = call.path.split(/[/?]/)
    const party = switches.rateCountedBy === 'key' ? (call.apiKey ?? '') : 'us'
    if (rates.take(party, { limit: switches.rateLimit, window: switches.rateWindow }) !== null)
      return { status: 429 }
    if (kind !== 'users' && kind !== 'pipelines' && kind !== 'contacts' && kind !== 'deals')
      return { status: 200, body: [] }
    if (call.method === 'POST') return upsert(kind, call.body, { account, switches })
    return listOf(kind, account, { offset: 0, switches })
  }
  return {
    async send(call): Promise<Exchanged> {
      const customer = call.apiKey ?? ''
      const number = numbers.get(customer) ?? 0
      numbers.set(customer, number + 1)
      const trouble = atWazzup?.(call, { customer, number }) ?? null
      const isDone = trouble === null || trouble.processed === true
      const answer = isDone ? usual(call, accounts.of(customer)) : null
      await time.sleep(trouble?.lost === 'deadline' ? (call.deadline ?? seconds(15)) : callTakes)
      if (trouble?.lost) return { kind: 'no_answer', sent: true, code: trouble.lost }
      const { status, headers = {}, body } = trouble?.answer ?? toText(answer ?? { status: 500 })
      return { kind: 'answer', answer: { status, headers, body: body ?? '', tooLarge: false } }
    },
    close: async () => undefined,
  }
}

const toText = ({ status, body }: Answer) => ({
  ...{ status, headers: {} },
  body: body === undefined ? '' : JSON.stringify(body),
})

function exportOf(time: World['time'], { sizes, atExport, alter = (row) => row }: DrivenOptions): CrmSource {
  let pages = 0
  return {
    async page(request) {
      const { kind, crmAccountId, cursor } = request
      const other = atExport?.(request, pages++) ?? null
      await time.sleep(other && 'takes' in other ? other.takes : PAGE)
      if (other && 'kind' in other) return other
      const size = sizes[crmAccountId] ?? { users: 0, pipelines: 0, contacts: 0, deals: 0 }
      const from = Number(cursor ?? 0)
      const to = Math.min(from + PAGE_ROWS, size[kind])
      const items = Array.from({ length: to - from }, (_, n) =>
        alter(exportedRow(crmAccountId, size, kind, from + n), kind, from + n),
      )
      return { kind: 'page', page: { items, next: to < size[kind] ? String(to) : null, total: size[kind] } }
    },
    close: async () => undefined,
  }
}
