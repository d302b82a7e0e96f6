import { expect, test } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import type { Upsert } from '../../src/wazzup/upsert.ts'
import { claimed, keyFor } from '../support/attempts.ts'
import { changesAtHand, contact } from '../support/changes-at-hand.ts'

/** What a request takes at the most, with its wait for a place. */
const LONGEST = seconds(25)

type AtHand = Awaited<ReturnType<typeof changesAtHand>>

/** Does something while the next request is on its way; each request says what name it brings. */
function during(at: AtHand, work: () => Promise<unknown>) {
  const names: unknown[] = []
  const { upsert } = at.deps
  const next = { work: work as (() => Promise<unknown>) | null }
  const watched: Upsert = async (kind, rows, apiKey) => {
    names.push(...rows.map((row) => ('name' in row ? row.name : null)))
    const now = next.work
    next.work = null
    await now?.()
    return upsert(kind, rows, apiKey)
  }
  at.deps.upsert = watched
  return names
}

test('nobody else sends while the first request of a turn is on its way, however long it takes', async () => {
  const at = await changesAtHand()
  const beside: unknown[] = []
  const names = during(at, async () => {
    at.pass(LONGEST)
    beside.push(await at.turn())
  })
  await at.put(contact('c-1'))
  await at.turn()
  expect(beside).toEqual([false])
  expect(names).toEqual(['Ann'])
})

test('after a reconnect nobody sends what is newer until the request with the older key has come back', async () => {
  const at = await changesAtHand()
  const beside: unknown[] = []
  const names = during(at, async () => {
    await at.store.exchanges.record(keyFor(await claimed(at.store, 'acme'), 'key-2'))
    await at.put(contact('c-1', { name: 'Anna' }))
    at.pass(LONGEST)
    beside.push(await at.turn())
  })
  await at.put(contact('c-1'))
  await at.turn()
  expect(beside).toEqual([false])
  await at.turn()
  expect(names).toEqual(['Ann', 'Anna'])
})
