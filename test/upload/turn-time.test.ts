import { describe, expect, test } from 'vitest'
import type { CrmSource } from '../../src/crm/port.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { isEnded } from '../../src/upload/progress.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { DONE, page, ROWS, uploadAtHand } from '../support/upload-at-hand.ts'

/** A turn, and the answer that it waits for when it is over. */
const LONGEST_TURN = seconds(3 + 2)

/** This many contacts on pages of this size. */
const paged =
  (count: number, size: number): CrmSource['page'] =>
  async ({ kind, cursor }) => {
    if (kind !== 'contacts') return page(kind)
    const from = Number(cursor ?? 0)
    const ids = Array.from({ length: Math.min(size, count - from) }, (_, n) => `c${from + n}`)
    const next = from + size < count ? String(from + size) : null
    return { kind: 'page', page: { items: ids.map((id) => ({ ...ROWS.contacts, id })), next, total: count } }
  }

const PAYMENT: CallOutcome = { kind: 'refused', status: 402, code: 'PAYMENT_REQUIRED', data: undefined }

/** An upload to a Wazzup that takes two seconds for an answer, and says of contacts what `answer` says. */
async function slowUpload(
  answer: (ids: string[], request: number) => CallOutcome,
  { count = 300, size = 100, source = paged(count, size) } = {},
) {
  const seen = { requests: 0, arrived: [] as string[], longest: 0 }
  const upload = await uploadAtHand(source, {
    ...{ sendTakes: seconds(2), started: ['contacts'] },
    upsert: async (_, rows) => {
      seen.requests += 1
      const ids = (rows as { id: string }[]).map(({ id }) => id)
      const outcome = answer(ids, seen.requests)
      if (outcome.kind === 'done') seen.arrived.push(...ids)
      return outcome
    },
  })
  const turn = async () => {
    const began = upload.now().getTime()
    const stands = await upload.turn()
    seen.longest = Math.max(seen.longest, upload.now().getTime() - began)
    return stands
  }
  return {
    ...{ ...upload, turn, seen },
    /** Turn by turn, until it waits for this reason, or has ended. */
    until: async (reason?: string) => {
      for (let turns = 1; turns < 1000; turns += 1) {
        const stands = await turn()
        if (isEnded(stands) || (reason !== undefined && stands.reason === reason))
          return { ...stands, turns, step: stands.steps[0] }
        if (stands.reason !== null) upload.pass(minutes(1))
      }
      throw new Error('it never ends')
    },
    rejects: async () => {
      const { generationId = '' } = (await upload.store.uploads.find('acme')) ?? {}
      return upload.store.uploads.rejects(generationId, { after: 0, limit: 1000 })
    },
  }
}

/** How often the row was taken that was taken most often. */
const mostOften = (ids: string[]) =>
  Math.max(...new Map(ids.map((id) => [id, ids.filter((one) => one === id).length])).values())

test.each([1, 2, 3, 5, 0b1011, 0b110101])(
  'two processes that take turns (%i) over half sent batches lose no row, and tell a bad one once',
  async (pattern) => {
    const bad = ['c12', 'c69', 'c70', 'c199']
    const upload = await slowUpload((ids) => (ids.some((id) => bad.includes(id)) ? PAYMENT : DONE))
    let stands = await upload.turn()
    for (let turns = 0; !isEnded(stands) && turns < 500; turns += 1) {
      if ((pattern >> (turns % 6)) & 1) upload.change()
      stands = await upload.turn()
      if (stands.reason !== null) upload.pass(minutes(1))
    }
    const arrived = new Set(upload.seen.arrived)
    expect([...arrived].length).toBe(300 - bad.length)
    expect((await upload.rejects()).map(({ rowId }) => rowId)).toEqual(bad)
    expect(stands.steps[0]).toMatchObject({ read: 300, sent: 300 - bad.length, rejected: bad.length })
  },
)

describe('Wazzup refuses every row, names none, and is slow', () => {
  test.each([100, 300, 10])(
    'on pages of %i others have their turn, the step waits, and later every row arrives once',
    async (size) => {
      let refuses = true
      const { until, pass, seen, rejects } = await slowUpload(() => (refuses ? PAYMENT : DONE), { size })
      expect(await until('refused:PAYMENT_REQUIRED')).toMatchObject({ status: 'running' })
      expect(seen.requests).toBeLessThan(40)
      const before = seen.requests
      pass(minutes(1))
      await until('refused:PAYMENT_REQUIRED')
      // The rows of the other place alone.
      expect(seen.requests - before).toBe(5)
      refuses = false
      pass(minutes(1))
      expect((await until()).step).toMatchObject({ status: 'done', sent: 300, rejected: 0 })
      expect(await rejects()).toEqual([])
      expect(new Set(seen.arrived).size).toBe(300)
      expect(seen.arrived.length).toBeLessThanOrEqual(301)
      expect(seen.longest).toBeLessThanOrEqual(LONGEST_TURN)
    },
  )

  test('when its last batch is refused after the others were taken, it waits, too', async () => {
    let refuses = true
    const answer = (ids: string[], request: number) => (refuses && request > 2 ? PAYMENT : DONE)
    const { until, pass, seen, rejects } = await slowUpload(answer, { size: 300 })
    expect(await until('refused:PAYMENT_REQUIRED')).toMatchObject({ steps: [{ sent: 200, rejected: 0 }] })
    refuses = false
    pass(minutes(1))
    expect((await until()).step).toMatchObject({ status: 'done', sent: 300 })
    expect(await rejects()).toEqual([])
    expect(new Set(seen.arrived).size).toBe(300)
  })

  test('for two hours: the step ends with that reason, and was tried again after growing pauses', async () => {
    const { turn, pass, seen } = await slowUpload(() => PAYMENT)
    let stands = await turn()
    let waits = 0
    while (!isEnded(stands)) {
      if (stands.reason !== null) {
        waits += 1
        pass(minutes(1))
      }
      stands = await turn()
    }
    expect(stands.steps[0]).toMatchObject({ status: 'failed', reason: 'refused:PAYMENT_REQUIRED', sent: 0 })
    expect(waits).toBeLessThan(150)
    expect(seen.requests).toBeLessThan(800)
  })
})

describe('bad rows of a slow Wazzup', () => {
  const bad = new Set(Array.from({ length: 25 }, (_, n) => `c${n * 4}`))
  const refusing =
    (data?: (ids: string[]) => unknown) =>
    (ids: string[]): CallOutcome =>
      ids.some((id) => bad.has(id)) ? { ...PAYMENT, data: data?.(ids) } : DONE

  test.each<[string, ((ids: string[]) => unknown) | undefined]>([
    ['that no answer names', undefined],
    ['that are named', (ids) => [{ index: ids.findIndex((id) => bad.has(id)), fields: ['name'] }]],
    ['that are named by a wrong number', () => [{ index: 1, fields: ['name'] }]],
  ])('%s are told one by one, the others arrive once, and others have their turn', async (_, data) => {
    const { until, seen, rejects } = await slowUpload(refusing(data))
    expect((await until()).step).toMatchObject({ status: 'done_with_rejects', sent: 275, rejected: 25 })
    expect((await rejects()).map(({ rowId }) => rowId)).toEqual([...bad])
    expect(seen.arrived.length).toBe(275)
    expect(mostOften(seen.arrived)).toBe(1)
    expect(seen.longest).toBeLessThanOrEqual(LONGEST_TURN)
  })

  test('over which it breaks down are told, too', async () => {
    const broken: CallOutcome = { kind: 'unavailable', status: 500, code: 'server_error', maybeDone: true }
    const { until, seen } = await slowUpload((ids) => (ids.includes('c7') ? broken : DONE))
    expect((await until()).step).toMatchObject({ status: 'done_with_rejects', sent: 299, rejected: 1 })
    expect(mostOften(seen.arrived)).toBe(1)
    expect(seen.longest).toBeLessThanOrEqual(LONGEST_TURN)
  })

  test('a restart in between sends no row a third time, and leaves none out', async () => {
    const { turn, restart, until, seen } = await slowUpload(refusing())
    for (let n = 0; n < 12; n += 1) await turn()
    restart()
    expect((await until()).step).toMatchObject({ sent: 275, rejected: 25 })
    expect(new Set(seen.arrived).size).toBe(275)
    expect(mostOften(seen.arrived)).toBeLessThanOrEqual(2)
  })
})

test('an export that gives other rows at each reading comes to its end, though a bad row is looked for', async () => {
  let reads = 0
  const source: CrmSource['page'] = async (asked) => {
    const read = await paged(300, 100)(asked)
    if (read.kind !== 'page') return read
    reads += 1
    const items = (read.page.items as object[]).map((row) => ({ ...row, name: `read ${reads}` }))
    return { ...read, page: { ...read.page, items } }
  }
  const { until, rejects } = await slowUpload((ids) => (ids.includes('c7') ? PAYMENT : DONE), { source })
  expect((await until()).step).toMatchObject({ status: 'done_with_rejects', sent: 299, rejected: 1 })
  expect((await rejects()).map(({ rowId }) => rowId)).toEqual(['c7'])
})

test('a row that is named and proved alone says nothing of the account, however many there are', async () => {
  const { until } = await slowUpload((ids) => ({ ...PAYMENT, data: [{ index: ids.length - 1, fields: [] }] }))
  expect((await until()).step).toMatchObject({ status: 'done_with_rejects', sent: 0, rejected: 300 })
})
