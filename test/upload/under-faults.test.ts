import { expect, test } from 'vitest'
import type { PageOutcome } from '../../src/crm/port.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { uploadAll, type DrivenOptions, type Trouble } from '../support/driven-uploads.ts'
import { differences, exportedRow, type Sizes } from '../support/exported-rows.ts'

const MANY = 100_000
const LONG = { tags: ['long'], timeout: 600_000 }

const error = (status: number, more: Omit<NonNullable<Trouble['answer']>, 'status'> = {}): Trouble => ({
  answer: { status, ...more },
})

/** What a call may meet on its way, and goes through the next time. */
const TROUBLES: Record<string, Trouble> = {
  'a 429 without a word': error(429),
  'a 429 with Retry-After': error(429, { headers: { 'retry-after': '3' } }),
  'a 500': error(500),
  'a 500 after it was done': { ...error(500), processed: true },
  'a 502': error(502, { body: '<html>Bad gateway</html>' }),
  'a 503 with Retry-After': error(503, { headers: { 'retry-after': '7' } }),
  'a 504 after it was done': { ...error(504), processed: true },
  'a 408': error(408),
  'a page in place of Wazzup': error(200, { body: '<html>Log in</html>' }),
  'a redirect': error(302, { headers: { location: 'https://elsewhere.example' } }),
  'a 401 by mistake': error(401),
  'a 403 by mistake': error(403, { body: '{"error":"FORBIDDEN"}' }),
  'no answer': { lost: 'deadline' },
  'no answer after it was done': { lost: 'deadline', processed: true },
  'a reset': { lost: 'ECONNRESET' },
  'a reset after it was done': { lost: 'ECONNRESET', processed: true },
}

const unavailable = (status: number | null, code: string): PageOutcome => ({
  ...{ kind: 'unavailable', code, status, retryAfter: null },
})

/** One in so many calls meets it; not two of one kind of rows in a row. */
const EVERY = 41

const sizesOf = (contacts: number): Sizes => ({ users: 12, pipelines: 2, contacts, deals: 20 })

/** Uploads so many contacts, and compares them row by row. */
async function expectAll(contacts: number, around: Omit<DrivenOptions, 'sizes'>) {
  const sizes = sizesOf(contacts)
  const { account, upload } = await uploadAll({ ...around, sizes: { acme: sizes } })
  expect(await upload('acme')).toMatchObject({ status: 'done' })
  expect(differences(account('acme'), 'acme', sizes)).toEqual([])
}

const meeting = (trouble: Trouble): Omit<DrivenOptions, 'sizes'> => ({
  atWazzup: (_, { number }) => (number % EVERY === EVERY - 1 ? trouble : null),
})

const FROM_THE_EXPORT: Omit<DrivenOptions, 'sizes'> = {
  atExport: (_, number) =>
    [unavailable(503, 'export_error'), unavailable(null, 'ECONNRESET'), { takes: 9000 }][number % 7] ?? null,
}

test('contacts arrive row by row, whatever some of the calls meet', async () => {
  const troubles = Object.values(TROUBLES)
  let met = 0
  await expectAll(5000, {
    ...FROM_THE_EXPORT,
    atWazzup: (_, { number }) => (number % 3 === 2 ? (troubles[met++ % troubles.length] ?? null) : null),
  })
  expect(met).toBeGreaterThanOrEqual(troubles.length)
})

test.each(Object.entries(TROUBLES))('100 000 contacts arrive row by row past %s', LONG, (_, trouble) =>
  expectAll(MANY, meeting(trouble)),
)

test('100 000 contacts arrive row by row past an export that fails and waits', LONG, () =>
  expectAll(MANY, FROM_THE_EXPORT),
)

test.each<Partial<Switches>>([
  { rateLimit: 40, rateWindow: 3000 },
  { rateLimit: 40, rateWindow: 3000, rateCountedBy: 'address' },
  { upsertAnswer: 'array', usersList: 'counted', pipelinesList: 'enveloped' },
])('100 000 contacts arrive row by row where Wazzup has %o', LONG, (switches) =>
  expectAll(MANY, { switches }),
)

/** Deals of which some are refused; all the others arrive, and each bad one is told with its reason. */
async function expectRejects(deals: number, switches: Partial<Switches>) {
  const sizes = { users: 3, pipelines: 1, contacts: 5, deals }
  const bad = new Set([7, Math.floor(deals / 3), deals - 1])
  const idOf = (index: number) => exportedRow('acme', sizes, 'deals', index).id
  const breaks = switches.breaksOver !== undefined
  const left = [...bad].map(idOf)
  const { account, rejects } = await uploadAll({
    sizes: { acme: sizes },
    switches: { ...switches, ...(breaks && { breaksOver: left }) },
    alter: (row, kind, index) =>
      kind === 'deals' && bad.has(index) && !breaks ? { ...row, uri: undefined, contacts: ['nobody'] } : row,
  })
  expect(differences(account('acme'), 'acme', sizes, new Set(left))).toEqual([])
  const told = (await rejects('acme')).map(({ rowId, reason }) => [rowId, reason.split(':')[0]])
  expect(told).toEqual(left.map((id) => [id, 'refused']))
}

const READINGS: Partial<Switches>[] = [
  ...(
    ['indexed', 'bare', 'from-one', 'from-the-end', 'another-row', 'every-row', 'twice', 'outside'] as const
  ).map((invalidData) => ({ invalidData })),
  { refusals: 'in-200' },
  { unknownReferences: 'refused', dealUri: 'optional' },
  { breaksOver: [] },
]

test.each(READINGS)('rows that Wazzup refuses are told, and cost no other: %o', (switches) =>
  expectRejects(450, switches),
)

test.each(READINGS)('the same of 100 000: %o', LONG, (switches) => expectRejects(MANY, switches))
