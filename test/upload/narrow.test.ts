import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outgoing } from '../../src/upload/narrow.ts'
import { sendNarrowing } from '../../src/upload/send-narrowing.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'

const SIZE = 100
const ROWS: Outgoing[] = Array.from({ length: SIZE }, (_, i) => ({
  ...{ id: `r-${i}`, position: i + 1, row: { id: `r-${i}` } },
}))

interface Named {
  index: number
  fields: string[]
}

/** What a refusal names: the places of the bad rows in the request, the size of the request, and how often it was asked. */
type Namer = (bad: number[], size: number, asked: number) => Named[]

const named = (indexes: number[]): Named[] => indexes.map((index) => ({ index, fields: ['name'] }))

const NAMERS: Readonly<Record<string, Namer>> = {
  'counting from 0': (bad) => named(bad),
  'counting from 1': (bad) => named(bad.map((at) => at + 1)),
  'counting from the end': (bad, size) => named(bad.map((at) => size - 1 - at)),
  'naming a wrong row': (bad, size) => named(bad.map((at) => (at * 7 + 13) % size)),
  'naming several rows around it': (bad, size) =>
    named(bad.flatMap((at) => [at - 1, at, at + 1].filter((near) => near >= 0 && near < size))),
  'naming every row': (_, size) => named(Array.from({ length: size }, (_, at) => at)),
  'naming rows outside the request': (bad, size) => named(bad.map((at) => at + size)),
  'naming one row inside and one outside': (bad, size) => named([...bad.slice(0, 1), size + 3]),
  'naming the same row twice': (bad) => named([...bad, ...bad]),
  'naming the first bad row only': (bad) => named(bad.slice(0, 1)),
  'naming the first row of each request': () => named([0]),
  'counting now from 0, now from 1': (bad, _, asked) => named(bad.map((at) => at + (asked % 2))),
  'naming other rows each time': (_, size, asked) => named([(asked * 31) % size, (asked * 17 + 5) % size]),
  'naming nothing': () => [],
}

/** Sends all rows to a Wazzup that does not take the bad ones; tells what has arrived, what is told, and the effort. */
async function sendWith(namer: Namer, bad: readonly number[]) {
  const isBad = new Set(bad.map((at) => `r-${at}`))
  const arrived = new Set<string>()
  let requests = 0
  const sent = await sendNarrowing(ROWS, {
    ...{ kind: 'contacts', apiKey: 'key', tries: 0, mayGoOn: async () => true },
    upsert: async (_, batch): Promise<CallOutcome> => {
      requests += 1
      const ids = (batch as { id: string }[]).map(({ id }) => id)
      const places = ids.flatMap((id, at) => (isBad.has(id) ? [at] : []))
      if (places.length > 0) {
        const data = namer(places, ids.length, requests)
        return { kind: 'refused', status: 400, code: 'INVALID_CONTACTS_DATA', data }
      }
      for (const id of ids) arrived.add(id)
      return { kind: 'done', status: 200, body: undefined }
    },
  })
  if (sent.kind !== 'sent') throw new Error('it was not sent')
  return { arrived, told: sent.refused.map(({ row }) => row.id), reasons: sent.refused, requests }
}

/** Requests for so many bad rows: each is found by halving, whatever Wazzup says beside it. */
const mostRequests = (bad: number) => 4 + 2 * bad * (Math.ceil(Math.log2(SIZE)) + 1)

describe.each(Object.entries(NAMERS))('of 100 contacts one is bad, and Wazzup refuses it %s', (_, namer) => {
  test.each([0, 1, 6, 49, 50, 98, 99])('at place %i: it alone is told, and the others arrive', async (at) => {
    const { arrived, told, requests } = await sendWith(namer, [at])
    expect(told).toEqual([`r-${at}`])
    expect(arrived.size).toBe(99)
    expect(requests).toBeLessThanOrEqual(mostRequests(1))
  })
})

test('right names cost two requests more than the batch, and the fields are told', async () => {
  const { reasons, requests } = await sendWith((bad) => named(bad), [6])
  expect(requests).toBe(3)
  expect(reasons).toMatchObject([{ row: { id: 'r-6' }, reason: 'refused:name' }])
})

test('several bad rows that are named rightly cost no more than to prove each', async () => {
  const { told, requests } = await sendWith((bad) => named(bad), [3, 20, 21, 77])
  expect(told.sort()).toEqual(['r-20', 'r-21', 'r-3', 'r-77'])
  expect(requests).toBeLessThanOrEqual(2 + 2 * 4 - 1)
})

test('a row that is named, and taken when it is sent alone, arrives: Wazzup has changed its mind', async () => {
  let requests = 0
  const sent = await sendNarrowing(ROWS, {
    ...{ kind: 'contacts', apiKey: 'key', tries: 0, mayGoOn: async () => true },
    upsert: async () => {
      requests += 1
      return requests === 1
        ? { kind: 'refused', status: 400, code: 'INVALID_CONTACTS_DATA', data: named([6]) }
        : { kind: 'done', status: 200, body: undefined }
    },
  })
  expect(sent).toMatchObject({ kind: 'sent', refused: [] })
  expect(requests).toBeLessThanOrEqual(4)
})

test('whatever is bad and whatever is named, the good ones arrive, the bad ones are told, and it ends', async () => {
  const places = fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: 12 })
  const lies = fc.infiniteStream(fc.array(fc.integer({ min: -2, max: SIZE + 2 }), { maxLength: 8 }))
  const namers = fc.oneof(
    fc.constantFrom(...Object.values(NAMERS)),
    lies.map(
      (stream): Namer =>
        () =>
          named((stream.next() as IteratorYieldResult<number[]>).value),
    ),
  )
  await fc.assert(
    fc.asyncProperty(places, namers, async (bad, namer) => {
      const { arrived, told, requests } = await sendWith(namer, bad)
      expect(told.sort()).toEqual(bad.map((at) => `r-${at}`).sort())
      expect(arrived.size).toBe(SIZE - bad.length)
      expect(requests).toBeLessThanOrEqual(mostRequests(bad.length))
    }),
  )
})
