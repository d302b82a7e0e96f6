import { describe, expect, test } from 'vitest'
import type { CrmSource, PageOutcome } from '../../src/crm/port.ts'
import type { Upsert } from '../../src/wazzup/upsert.ts'
import { DONE, page, ROWS, runToEnd } from '../support/upload-at-hand.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

test('a kind that the CRM cannot export is given up after two hours, and those after it are sent', async () => {
  const broken: PageOutcome = { kind: 'unavailable', code: 'export_failed', status: 500, retryAfter: null }
  const upload = await runToEnd(async ({ kind }) => (kind === 'contacts' ? broken : page(kind)))
  expect(upload).toMatchObject({ status: 'failed', reason: 'export_failed' })
  expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
    ['users', 'done', null],
    ['pipelines', 'done', null],
    ['contacts', 'failed', 'export_failed'],
    ['deals', 'done', null],
  ])
  expect(upload.minutes).toBeGreaterThan(119)
  expect(upload.minutes).toBeLessThan(127)
})

test('the only row of a batch, when Wazzup breaks down over it, does not keep the other kinds', async () => {
  const upload = await runToEnd(async ({ kind }) => page(kind), {
    upsert: async (kind) =>
      kind === 'users'
        ? { kind: 'unavailable', status: 500, code: 'server_error', maybeDone: true }
        : { kind: 'done', status: 200, body: undefined },
  })
  expect(upload.steps.map(({ kind, status }) => [kind, status])).toEqual([
    ['users', 'failed'],
    ['pipelines', 'done'],
    ['contacts', 'done'],
    ['deals', 'done'],
  ])
})

test(
  'a number that is not surely a phone does not leave, and both users and contacts report it',
  onOneEngine,
  async () => {
    const sent: unknown[] = []
    const numbered = {
      ...ROWS,
      users: { ...ROWS.users, phone: '8 (901) 111-22-33' },
      contacts: { ...ROWS.contacts, contactData: [{ chatType: 'whatsapp', chatId: '020 7946 0958' }] },
    }
    const upload = await runToEnd(
      async ({ kind }) => ({ kind: 'page', page: { items: [numbered[kind]], next: null, total: 1 } }),
      {
        upsert: async (_, rows) => {
          sent.push(...rows)
          return DONE
        },
      },
    )
    expect(sent).toEqual([ROWS.users, ROWS.pipelines, ROWS.deals])
    expect(upload.steps.map(({ kind, sent, rejected }) => [kind, sent, rejected])).toMatchObject([
      ['users', 1, 0],
      ['pipelines', 1, 0],
      ['contacts', 0, 1],
      ['deals', 1, 0],
    ])
    expect(upload.rejects.map(({ kind, rowId, reason }) => [kind, rowId, reason])).toEqual([
      ['users', 'u', 'phone_not_usable'],
      ['contacts', 'c', 'phone_not_usable'],
    ])
  },
)

test(
  'no row is left out of a page that has changed while it was sent, whatever its rows are like',
  onOneEngine,
  async () => {
    const rows = Array.from({ length: 999 }, (_, n) => ({
      ...ROWS.contacts,
      id: n === 99 || n === 900 ? '' : `c${n}`,
    }))
    const arrived = new Set<string>()
    let reads = 0
    const upload = await runToEnd(
      async ({ kind }) => {
        if (kind !== 'contacts') return page(kind)
        reads += 1
        const fresh = Array.from({ length: reads }, (_, n) => ({ ...ROWS.contacts, id: `new${n}` }))
        return { kind: 'page', page: { items: [...fresh, ...rows], next: null, total: null } }
      },
      {
        upsert: async (kind, sent) => {
          if (kind === 'contacts') for (const row of sent) arrived.add((row as { id: string }).id)
          return { kind: 'done', status: 200, body: undefined }
        },
        ...{ pageTakes: 4000, sendTakes: 4000 },
      },
    )
    expect(reads).toBeGreaterThan(5)
    expect(upload.status).toBe('done_with_rejects')
    expect(rows.filter(({ id }) => id !== '' && !arrived.has(id))).toEqual([])
  },
)

const contacts = (n: number) => Array.from({ length: n }, (_, i) => ({ ...ROWS.contacts, id: `c${i}` }))

test('a page that comes slowly is not read again for every batch of it', onOneEngine, async () => {
  let reads = 0
  await runToEnd(
    async ({ kind }) => {
      if (kind !== 'contacts') return page(kind)
      reads += 1
      return { kind: 'page', page: { items: contacts(1000), next: null, total: null } }
    },
    { pageTakes: 10_000, sendTakes: 1000 },
  )
  expect(reads).toBe(1)
})

test.each([1, 5])('cursors that go round, %i of them, are found over any number of turns', async (length) => {
  const upload = await runToEnd(
    async ({ kind, cursor }) => {
      if (kind !== 'contacts') return page(kind)
      const next = String(Number(cursor ?? 0) + 1)
      const behind = Number(next) > 20 + length ? '21' : next
      return { kind: 'page', page: { items: contacts(2), next: behind, total: null } }
    },
    { pageTakes: 4000 },
  )
  expect(upload.turns).toBeGreaterThan(20)
  expect(upload).toMatchObject({ status: 'failed', reason: 'export_loops' })
})

test('a bad row is found although Wazzup has enough after every third request', onOneEngine, async () => {
  let requests = 0
  const arrived = new Set<string>()
  const upload = await runToEnd(
    async ({ kind }) =>
      kind === 'contacts'
        ? { kind: 'page', page: { items: contacts(250), next: null, total: null } }
        : page(kind),
    {
      upsert: async (kind, rows) => {
        if (kind !== 'contacts') return DONE
        const ids = (rows as { id: string }[]).map(({ id }) => id)
        if (ids.includes('c70')) return { kind: 'refused', status: 400, code: 'STRANGE', data: undefined }
        requests += 1
        if (requests % 4 === 0) return { kind: 'rate_limited', status: 429, retryAfter: null }
        for (const id of ids) arrived.add(id)
        return DONE
      },
    },
  )
  expect(arrived.size).toBe(249)
  expect(upload.rejects).toMatchObject([{ rowId: 'c70', position: 71, reason: 'refused:STRANGE' }])
  expect(upload.steps.find(({ kind }) => kind === 'contacts')).toMatchObject({
    ...{ status: 'done_with_rejects', read: 250, sent: 249, rejected: 1 },
  })
  expect(requests).toBeLessThan(40)
})

test('an apiKey that does not open fails its upload, and no other', onOneEngine, async () => {
  const upload = await runToEnd(async ({ kind }) => page(kind), {
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        uploads: {
          ...deps.store.uploads,
          claimDue: async (...terms) => {
            const claim = await deps.store.uploads.claimDue(...terms)
            const apiKey = () => {
              throw new Error('seal_broken')
            }
            return claim && { ...claim, key: { ...claim.key, apiKey } }
          },
        },
      },
    }),
  })
  expect(upload).toMatchObject({ status: 'failed', reason: 'no_api_key' })
})

test(
  'pipelines that Wazzup takes only in parts: those that it has not kept are told',
  onOneEngine,
  async () => {
    const upload = await runToEnd(
      async ({ kind }) =>
        kind === 'pipelines'
          ? {
              kind: 'page',
              page: { items: ['p1', 'p2'].map((id) => ({ id, name: id })), next: null, total: 2 },
            }
          : page(kind),
      {
        pipelines: ['p2'],
        upsert: async (kind, rows) =>
          kind === 'pipelines' && rows.length > 1
            ? { kind: 'refused', status: 400, code: 'TOO_MANY_ENTITIES', data: undefined }
            : DONE,
      },
    )
    expect(upload.steps[1]).toMatchObject({ kind: 'pipelines', read: 2, sent: 1, rejected: 1 })
    expect(upload.rejects).toMatchObject([
      { kind: 'pipelines', rowId: 'p1', position: 1, reason: 'not_kept' },
    ])
  },
)

test('pipelines without an end fail, whatever their cursors are', onOneEngine, async () => {
  let pages = 0
  const upload = await runToEnd(async ({ kind }) => {
    if (kind !== 'pipelines') return page(kind)
    pages += 1
    return { kind: 'page', page: { items: [ROWS.pipelines], next: `page-${pages}`, total: null } }
  })
  expect(upload).toMatchObject({ status: 'failed', reason: 'too_many_pipelines' })
  expect(upload.steps[3]).toMatchObject({ kind: 'deals', status: 'done' })
})

test('a step that throws waits, is told in the log, and ends; the others go on', async () => {
  const lines: Record<string, unknown>[] = []
  const upload = await runToEnd(
    async ({ kind }) => {
      if (kind === 'contacts') throw new RangeError('too deep')
      return page(kind)
    },
    {
      change: (deps) => {
        const error = (line: unknown) => void lines.push(line as Record<string, unknown>)
        return { ...deps, log: Object.assign(Object.create(deps.log) as typeof deps.log, { error }) }
      },
    },
  )
  expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
    ['users', 'done', null],
    ['pipelines', 'done', null],
    ['contacts', 'failed', 'unforeseen_error'],
    ['deals', 'done', null],
  ])
  expect(upload.minutes).toBeGreaterThan(119)
  expect(upload.minutes).toBeLessThan(127)
  expect(lines[0]).toMatchObject({
    event: 'upload.step_failed',
    kind: 'contacts',
    err: { name: 'RangeError' },
  })
  // Once for each try: the last turn is for the kinds behind it.
  expect(lines).toHaveLength(upload.turns - 1)
})

test('what is started runs, and no more, though the settings have grown since', onOneEngine, async () => {
  const kinds: string[] = []
  const upsert: Upsert = async (kind) => {
    kinds.push(kind)
    return DONE
  }
  expect(await runToEnd(async ({ kind }) => page(kind), { started: ['deals'], upsert })).toMatchObject({
    status: 'done',
    steps: [{ kind: 'deals' }],
  })
  expect(kinds).toEqual(['deals'])
})

/** 300 contacts on three pages, or on one. */
const paged =
  (size: number): CrmSource['page'] =>
  async ({ kind, cursor }) => {
    if (kind !== 'contacts') return page(kind)
    const from = Number(cursor ?? 0)
    const next = from + size < 300 ? String(from + size) : null
    return { kind: 'page', page: { items: contacts(300).slice(from, from + size), next, total: 300 } }
  }

/** Refuses contacts while `refuses` says so; tells how often, and what has arrived. */
function refusingWhile(refuses: (ids: string[]) => boolean, data?: unknown) {
  const seen = { requests: 0, arrived: new Set<string>() }
  const upsert: Upsert = async (kind, rows) => {
    if (kind !== 'contacts') return DONE
    seen.requests += 1
    const ids = (rows as { id: string }[]).map(({ id }) => id)
    if (refuses(ids)) return { kind: 'refused', status: 402, code: 'PAYMENT_REQUIRED', data }
    for (const id of ids) seen.arrived.add(id)
    return DONE
  }
  return { seen, upsert }
}

const contactsStep = (upload: { steps: { kind: string }[] }) =>
  upload.steps.find(({ kind }) => kind === 'contacts')

describe('Wazzup refuses every row, and names none', onOneEngine, () => {
  test.each([100, 300])(
    'on pages of %i: the step waits, no row is blamed, and later all arrive',
    async (size) => {
      let asked = 0
      const { seen, upsert } = refusingWhile(() => {
        asked += 1
        return asked <= 150
      })
      const upload = await runToEnd(paged(size), { upsert })
      expect(contactsStep(upload)).toMatchObject({ status: 'done', sent: 300, rejected: 0 })
      expect(upload.rejects).toEqual([])
      expect(seen.arrived.size).toBe(300)
      expect(upload.turns).toBeGreaterThan(2)
    },
  )

  test('for two hours: the step ends with that reason, after few requests; the other kinds are sent', async () => {
    const { seen, upsert } = refusingWhile(() => true)
    const upload = await runToEnd(paged(100), { upsert })
    expect(contactsStep(upload)).toMatchObject({
      ...{ status: 'failed', reason: 'refused:PAYMENT_REQUIRED', sent: 0, rejected: 0 },
    })
    expect(upload.steps.find(({ kind }) => kind === 'deals')).toMatchObject({ status: 'done' })
    // Some 50 for each try, where each row alone took two.
    expect(seen.requests / upload.turns).toBeLessThan(60)
  })
})

test('many bad rows of one page, while another page is taken, are told one by one', onOneEngine, async () => {
  const bad = new Set(contacts(30).map(({ id }) => id))
  const { seen, upsert } = refusingWhile((ids) => ids.some((id) => bad.has(id)))
  const upload = await runToEnd(paged(100), { upsert })
  expect(contactsStep(upload)).toMatchObject({ status: 'done_with_rejects', sent: 270, rejected: 30 })
  expect(seen.arrived.size).toBe(270)
})

test(
  'rows that Wazzup names, each of them proved alone, say nothing of the account',
  onOneEngine,
  async () => {
    const { upsert } = refusingWhile(() => true, [{ index: 0, fields: ['name'] }])
    const upload = await runToEnd(paged(100), { upsert })
    expect(contactsStep(upload)).toMatchObject({ status: 'done_with_rejects', sent: 0, rejected: 300 })
    expect(upload.rejects[0]).toMatchObject({ reason: 'refused:name' })
  },
)
