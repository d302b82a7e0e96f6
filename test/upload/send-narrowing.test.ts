import { describe, expect, test } from 'vitest'
import { prepare } from '../../src/upload/batch.ts'
import { goesRound, passed } from '../../src/upload/loop-guard.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { userRule } from '../../src/upload/rules/users.ts'
import type { Outgoing } from '../../src/upload/narrow.ts'
import { sendNarrowing } from '../../src/upload/send-narrowing.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import { createGate } from '../../src/upstream/gate.ts'
import { createAuthorizedCall, type CallOutcome } from '../../src/wazzup/authorized-call.ts'
import type { Exchanged, WazzupClient } from '../../src/wazzup/client.ts'
import { createGatedClient } from '../../src/wazzup/gated-client.ts'
import { createLimitedCall } from '../../src/wazzup/limiter.ts'
import { createUpsert, type EntityKind } from '../../src/wazzup/upsert.ts'

const rows = (n: number): Outgoing[] =>
  Array.from({ length: n }, (_, i) => ({ id: `r-${i}`, position: i + 1, row: { id: `r-${i}` } }))

const answer = (status: number): Exchanged => ({
  kind: 'answer',
  answer: { status, headers: {}, body: null, tooLarge: false },
})
const noAnswer = (code: string): Exchanged => ({ kind: 'no_answer', sent: true, code })

const DONE: CallOutcome = { kind: 'done', status: 200, body: undefined }

/** Sends rows to a Wazzup that says what `answer` says; tells the batches it got. */
async function sendTo(
  answer: (ids: string[]) => CallOutcome,
  { n = 100, kind = 'contacts', tries = 0 }: { n?: number; kind?: EntityKind; tries?: number } = {},
) {
  const batches: string[][] = []
  const sent = await sendNarrowing(rows(n), {
    ...{ kind, apiKey: 'key', tries, mayGoOn: async () => true },
    upsert: async (_, batch) => {
      const ids = (batch as { id: string }[]).map(({ id }) => id)
      batches.push(ids)
      return answer(ids)
    },
  })
  return { sent, batches }
}

const refusing =
  (bad: string[], code: string | null = 'STRANGE') =>
  (ids: string[]): CallOutcome =>
    ids.some((id) => bad.includes(id)) ? { kind: 'refused', status: 400, code, data: undefined } : DONE

describe('a refused batch', () => {
  test('that names a row is sent again without it, once that row was refused alone', async () => {
    const { sent, batches } = await sendTo((ids) =>
      ids.includes('r-3')
        ? {
            kind: 'refused',
            status: 400,
            code: 'INVALID_CONTACTS_DATA',
            data: [{ index: 3, fields: ['name', '<x>'] }],
          }
        : DONE,
    )
    expect(batches.map((batch) => batch.length)).toEqual([100, 1, 99])
    expect(sent).toMatchObject({ refused: [{ row: { id: 'r-3' }, reason: 'refused:name' }] })
  })

  test('that names none is halved until the bad ones are found', async () => {
    const { sent, batches } = await sendTo(refusing(['r-7', 'r-99']))
    expect(sent).toMatchObject({
      refused: [{ row: { id: 'r-7' }, reason: 'refused:STRANGE' }, { row: { id: 'r-99' } }],
    })
    expect(batches.length).toBeLessThan(32)
  })

  test('leaves what was not settled to the next time, when Wazzup has had enough', async () => {
    let requests = 0
    const { sent } = await sendTo((ids) => {
      requests += 1
      return requests > 6 ? { kind: 'rate_limited', status: 429, retryAfter: null } : refusing(['r-3'])(ids)
    })
    // 100, 50, 25, 13, 7, 4 rows were refused; what is left begins with the first.
    expect(sent).toMatchObject({ kind: 'stopped', stop: { code: 'rate_limited' } })
    expect(sent.kind === 'stopped' && sent.unsettled.map(({ position }) => position)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 1),
    )
  })

  test('of pipelines goes once more as a whole, without the bad ones', async () => {
    const { batches } = await sendTo(refusing(['r-1']), { n: 4, kind: 'pipelines' })
    expect(batches.at(-1)).toEqual(['r-0', 'r-2', 'r-3'])
  })
})

describe('a batch over which Wazzup breaks down', () => {
  const broken: CallOutcome = { kind: 'unavailable', status: 500, code: 'server_error', maybeDone: true }
  const breakingOver = (bad: string[]) => (ids: string[]) =>
    ids.some((id) => bad.includes(id)) ? broken : DONE

  test('for the third time is halved: the others arrive, and the bad row is told', async () => {
    const { sent, batches } = await sendTo(breakingOver(['r-41']), { tries: 3 })
    expect(sent).toMatchObject({ kind: 'sent', refused: [{ row: { id: 'r-41' }, reason: 'refused:500' }] })
    expect(batches.length).toBeLessThan(20)
    expect((await sendTo(breakingOver(['r-41']), { tries: 2 })).sent).toMatchObject({ stop: { tried: true } })
  })

  test.each<[string, Exchanged, string]>([
    ['answers 500', answer(500), 'refused:500'],
    ['answers 502, as a gateway whose Wazzup has died of it', answer(502), 'refused:502'],
    ['answers 503', answer(503), 'refused:503'],
    ['answers 504', answer(504), 'refused:504'],
    ['hangs', noAnswer('deadline'), 'refused:deadline'],
    ['resets the line', noAnswer('ECONNRESET'), 'refused:ECONNRESET'],
    ['closes the line', noAnswer('UND_ERR_SOCKET'), 'refused:UND_ERR_SOCKET'],
  ])('and %s: one row is found, and the breaker lets all calls through', async (_what, ending, reason) => {
    const gate = createGate(systemMonotonic)
    const wazzup: WazzupClient = {
      send: async ({ body }) => (JSON.stringify(body).includes('"r-41"') ? ending : answer(200)),
      close: async () => undefined,
    }
    const gated = { gate, monotonic: systemMonotonic, deadline: 15_000, rejectedByGate: () => undefined }
    const client = createGatedClient(wazzup, gated)
    const sent = await sendNarrowing(rows(100), {
      ...{ kind: 'contacts', apiKey: 'key', tries: 3, mayGoOn: async () => true },
      upsert: createUpsert(createAuthorizedCall(client, () => new Date())),
    })
    expect(sent).toMatchObject({ kind: 'sent', refused: [{ row: { id: 'r-41' }, reason }] })
    expect(gate.health().ok).toBe(true)
  })

  test.each(['ECONNREFUSED', 'breaker_open', 'UND_ERR_DESTROYED'])(
    'not halved where that cannot be for the rows: %s',
    async (code) => {
      const { sent, batches } = await sendTo(
        () => ({ kind: 'unavailable', status: null, code, maybeDone: false }),
        { tries: 20 },
      )
      expect(sent).toMatchObject({ kind: 'stopped', stop: { code } })
      expect(batches).toHaveLength(1)
    },
  )

  test('a row that is taken at its second trial was not to blame', async () => {
    let alone = 0
    const { sent } = await sendTo(
      (ids) => (ids.includes('r-41') && (ids.length > 1 || alone++ === 0) ? broken : DONE),
      {
        tries: 3,
      },
    )
    expect(sent).toMatchObject({ kind: 'sent', refused: [] })
  })

  test('with nothing going through it is Wazzup that is down: no row is blamed, and little is tried', async () => {
    const { sent, batches } = await sendTo(() => broken, { tries: 20 })
    expect(sent).toMatchObject({ kind: 'stopped', stop: { kind: 'later', tried: true } })
    expect(batches.length).toBeLessThan(15)
  })
})

test.each<[CallOutcome, object]>([
  [{ kind: 'forbidden', status: 403, code: null }, { kind: 'not_open' }],
  [{ kind: 'key_refused', status: 401, code: null }, { stop: { kind: 'key_refused' } }],
  [{ kind: 'rate_limited', status: 429, retryAfter: 7 }, { stop: { kind: 'later', wait: 7, tried: false } }],
  [
    { kind: 'unavailable', status: 500, code: 'x', maybeDone: true },
    { stop: { kind: 'later', tried: true } },
  ],
])('%j ends it', async (outcome, expected) => {
  const { sent, batches } = await sendTo(() => outcome)
  expect(sent).toMatchObject(expected)
  expect(batches).toHaveLength(1)
})

test('of rows with one id the last goes out, and users beyond the limit do not, unless they are there already', () => {
  const given = [
    { id: 'a', name: '1' },
    { id: 'b', name: '2' },
    { id: 'a', name: '3' },
    { id: 'c', name: '4' },
    { id: 'z', name: '5' },
  ]
  const { outgoing, rejects, rejected } = prepare(given, {
    ...{ kind: 'users', rule: userRule, readPhone: createReadPhone(null), from: 10 },
    room: { there: new Set(['z']), left: 2 },
  })
  expect(outgoing.map(({ row }) => row)).toEqual([
    { id: 'a', name: '3' },
    { id: 'b', name: '2' },
    { id: 'z', name: '5' },
  ])
  const tooMany = [{ kind: 'users', rowId: 'c', position: 14, reason: 'too_many' }]
  expect({ rejects, rejected }).toEqual({ rejects: tooMany, rejected: tooMany })
})

test.each([1, 2, 3, 10, 57])('a loop of %i cursors is found, a long chain is none', (length) => {
  let way = { cursor: null as string | null, landmark: null as string | null, pages: 0 }
  const goOn = (next: string) => {
    if (goesRound({ ...way, read: way.pages }, next)) return false
    way = passed(way, next)
    return true
  }
  for (let i = 0; i < 5000; i++) expect(goOn(`straight-${i}`)).toBe(true)
  let found = 0
  while (found < 50_000 && goOn(`loop-${found % length}`)) found += 1
  expect(found).toBeLessThan(20_000)
})

test('pages without rows come to an end, also when each has a cursor of its own', () => {
  const way = { cursor: 'c-1', landmark: null, pages: 500 }
  expect(goesRound({ ...way, read: 450 }, 'c-2')).toBe(false)
  expect(goesRound({ ...way, read: 3 }, 'c-2')).toBe(true)
})

test('no span of the window has more calls than the limit, and another key is not held up', async () => {
  let now = 0
  const sent: [string, number][] = []
  const call = createLimitedCall(
    async ({ apiKey }) => {
      sent.push([apiKey, now])
      return DONE
    },
    {
      ...{ limit: 4, window: 50, monotonic: () => now },
      sleep: async (ms) => {
        now += ms
      },
    },
  )
  for (let i = 0; i < 40; i++) {
    await call({ method: 'GET', path: '/', apiKey: 'one' })
    now += i % 3
  }
  const times = sent.map(([, time]) => time)
  times.forEach((time, i) => {
    expect(times.filter((other) => other > time - 50 && other <= time).length, String(i)).toBeLessThanOrEqual(
      4,
    )
  })
  const before = now
  await call({ method: 'GET', path: '/', apiKey: 'other' })
  expect(now).toBe(before)
})
