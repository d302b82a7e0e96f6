import { describe, expect, test } from 'vitest'
import type { CrmSource } from '../../src/crm/port.ts'
import { minutes } from '../../src/shared/clock.ts'
import { isEnded } from '../../src/upload/progress.ts'
import type { Upsert } from '../../src/wazzup/upsert.ts'
import { DONE, page, runToEnd, uploadAtHand } from '../support/upload-at-hand.ts'

describe('room for users', () => {
  const user = (n: number, name = 'Ann') => ({ id: `u${n}`, name })
  const many = (n: number, name?: string) => Array.from({ length: n }, (_, i) => user(i, name))

  /** Users on pages of 300. */
  const paged =
    (rows: object[]): CrmSource['page'] =>
    async ({ kind, cursor }) => {
      if (kind !== 'users') return page(kind)
      const from = Number(cursor ?? 0)
      const next = from + 300 < rows.length ? String(from + 300) : null
      return { kind: 'page', page: { items: rows.slice(from, from + 300), next, total: null } }
    }

  /** Wazzup as far as users go. */
  function wazzup(older: string[] = []) {
    const names = new Map(older.map((id) => [id, 'older']))
    const upsert: Upsert = async (kind, rows) => {
      if (kind === 'users') for (const row of rows as ReturnType<typeof user>[]) names.set(row.id, row.name)
      return DONE
    }
    return { names, upsert, users: () => [...names.keys()] }
  }

  test('600 of them, exported twice, are 600, and their later row counts', async () => {
    const { names, ...around } = wazzup()
    const upload = await runToEnd(paged([...many(600), ...many(600, 'Ben')]), {
      ...around,
      counts: { users: 600 },
    })
    expect(upload.steps[0]).toMatchObject({
      status: 'done',
      reason: null,
      read: 1200,
      sent: 600,
      rejected: 0,
    })
    expect([...names.values()].every((name) => name === 'Ben')).toBe(true)
  })

  test('is for 1000 of them, with those whom Wazzup has already', async () => {
    const { names, ...around } = wazzup(['x1', 'x2', 'u1'])
    const upload = await runToEnd(paged(many(1200)), around)
    expect(names.size).toBe(1000)
    expect(upload.steps[0]).toMatchObject({ sent: 998, rejected: 202 })
    expect(new Set(upload.rejects.map(({ reason }) => reason))).toEqual(new Set(['too_many']))
  })

  test('is the same for a process that goes on after another', async () => {
    const { names, ...around } = wazzup()
    const rows = [...many(1100), ...many(1100, 'Ben')]
    const { store, turn, pass, restart } = await uploadAtHand(paged(rows), { ...around, sendTakes: 4000 })
    for (let turns = 0; turns < 40; turns += 1) {
      restart()
      if (isEnded(await turn())) break
      pass(minutes(1))
    }
    expect(names.size).toBe(1000)
    expect([...names.values()].every((name) => name === 'Ben')).toBe(true)
    const upload = await store.uploads.find('acme')
    expect(upload?.steps[0]).toMatchObject({ status: 'done_with_rejects', read: 2200, rejected: 200 })
  })
})
