import { expect, test } from 'vitest'
import type { PageOutcome } from '../../src/crm/port.ts'
import { uploadAll, type DrivenOptions, type Trouble } from '../support/driven-uploads.ts'
import type { Sizes } from '../support/exported-rows.ts'

const TROUBLED = 'troubled'

/** Every trouble there is, one after the other, at one customer. */
const AT_WAZZUP: (Trouble | null)[] = [
  { lost: 'deadline' },
  ...[429, 500, 502, 503, 504, 408, 401, 403].map((status) => ({ answer: { status } })),
  { answer: { status: 429, headers: { 'retry-after': '1' } } },
  { answer: { status: 200, body: '<html>' } },
  { lost: 'deadline' },
  { lost: 'ECONNRESET', processed: true },
  { lost: 'deadline', processed: true },
  null,
]

const AT_EXPORT: (PageOutcome | { takes: number } | null)[] = [
  { takes: 20_000 },
  { kind: 'unavailable', code: 'export_error', status: 500, retryAfter: null },
  { takes: 20_000 },
  { kind: 'page', page: { items: Array.from({ length: 2000 }, () => null), next: '1', total: null } },
  null,
]

const one = <T>(of: readonly T[], number: number) => of[number % of.length] ?? null

const troubles: Omit<DrivenOptions, 'sizes'> = {
  atWazzup: (_, { customer, number }) => (customer === TROUBLED ? one(AT_WAZZUP, number) : null),
  atExport: ({ crmAccountId }, number) => (crmAccountId === TROUBLED ? one(AT_EXPORT, number) : null),
}

/** When each of so many honest customers is served: beside one more without trouble, and beside the same with all of it. */
async function served(count: number) {
  const size: Sizes = { users: 5, pipelines: 1, contacts: 1000, deals: 100 }
  const honest = Object.fromEntries(Array.from({ length: count }, (_, n) => [`honest-${n}`, size]))
  const around = { callTakes: 400, sizes: { [TROUBLED]: size, ...honest } }
  const [calm, beside] = [await uploadAll(around), await uploadAll({ ...around, ...troubles })]
  return Object.keys(honest).map((customer) => ({
    customer,
    calm: calm.ends.get(customer) ?? NaN,
    beside: beside.ends.get(customer) ?? NaN,
  }))
}

async function expectServed(count: number) {
  for (const { customer, calm, beside } of await served(count))
    expect([customer, beside / calm < 1.05]).toEqual([customer, true])
}

test('twenty honest customers are served as fast beside one with every trouble at once', () =>
  expectServed(20))

test('a hundred honest customers are, too', { tags: ['long'], timeout: 600_000 }, () => expectServed(100))
