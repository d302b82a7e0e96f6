import type { CrmSource, PageOutcome, PageRequest, SourceKind } from '../../src/crm/port.ts'
import { createAccounts, type Account } from '../../src/sandbox/wazzup/accounts.ts'
import type { Answer } from '../../src/sandbox/wazzup/answer.ts'
import { listOf } from '../../src/sandbox/wazzup/entities/read.ts'
import { upsert } from '../../src/sandbox/wazzup/entities/upsert.ts'
import { createRateWindows } from '../../src/sandbox/wazzup/rate-windows.ts'
import { defaultSwitches, type Switches } from '../../src/sandbox/wazzup/switches.ts'
import { seconds } from '../../src/shared/clock.ts'
import type { Call, Exchanged, WazzupClient } from '../../src/wazzup/client.ts'
import { claimed, recordKey } from './attempts.ts'
import type { DrivenTime } from './driven-time.ts'
import { driveUploads, drivenWorld, rejectsOf } from './drive-uploads.ts'
import { exportedRow, type Sizes } from './exported-rows.ts'

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
  const world = await drivenWorld()
  const { store, time } = world
  const customers = Object.keys(options.sizes)
  for (const customer of customers) await recordKey(store, await claimed(store, customer), customer, true)
  const accounts = createAccounts()
  const ends = await driveUploads(customers, world, {
    client: simulated({ time, accounts }, options),
    source: exportOf(time, options),
    ...(options.patience !== undefined && { patience: options.patience }),
  })
  return {
    ends,
    account: (customer: string) => accounts.of(customer),
    upload: (customer: string) => store.uploads.find(customer),
    rejects: (customer: string) => rejectsOf(store, customer),
  }
}

interface World {
  time: DrivenTime
  accounts: ReturnType<typeof createAccounts>
}

/** The simulator without its sockets. */
export function simulated(
  { time, accounts }: World,
  { switches: given, atWazzup, callTakes = 80 }: Pick<DrivenOptions, 'switches' | 'atWazzup' | 'callTakes'>,
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

function exportOf(time: DrivenTime, { sizes, atExport, alter = (row) => row }: DrivenOptions): CrmSource {
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
