import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { WaitingChange } from '../../src/store/port.ts'
import { changesAtHand, contact } from '../support/changes-at-hand.ts'

const many = (n: number) => Array.from({ length: n }, (_, i) => contact(`c-${i}`))

/** Changes whose requests take until others have had their turn; `during`: done meanwhile, once. */
async function changesOnTheirWay(
  during: (at: Awaited<ReturnType<typeof changesAtHand>>) => unknown = () => 0,
) {
  const at = await changesAtHand()
  const { upsert, store } = at.deps
  const names = new Map<string, string[]>()
  const opened: { rowId: string; isUnderWay: boolean }[] = []
  let [isUnderWay, isFirst] = [false, true]
  at.deps.upsert = async (kind, rows, apiKey) => {
    isUnderWay = true
    for (const row of rows as { id: string; name: string }[])
      names.set(row.id, [...(names.get(row.id) ?? []), row.name])
    for (let turns = 0; turns < 10; turns += 1) await setImmediate()
    if (isFirst) await during(at)
    isFirst = false
    isUnderWay = false
    return upsert(kind, rows, apiKey)
  }
  const watched = (change: WaitingChange): WaitingChange => ({
    ...change,
    row() {
      opened.push({ rowId: change.rowId, isUnderWay })
      return change.row()
    },
  })
  at.deps.store = {
    ...store,
    changes: {
      ...store.changes,
      async batch(...asked) {
        const batch = await store.changes.batch(...asked)
        return batch && { ...batch, changes: batch.changes.map(watched) }
      },
      others: async (...asked) => (await store.changes.others(...asked)).map(watched),
    },
  }
  return { ...at, names, opened }
}

test('rows of the next batch are opened while a request is on its way, and each row once', async () => {
  const { put, untilNothingWaits, opened } = await changesOnTheirWay()
  await put(...many(250))
  await untilNothingWaits()
  expect(opened.map(({ rowId }) => rowId)).toEqual(many(250).map((_, i) => `c-${i}`))
  expect(opened.slice(0, 100).every(({ isUnderWay }) => !isUnderWay)).toBe(true)
  expect(opened.slice(100).every(({ isUnderWay }) => isUnderWay)).toBe(true)
})

test('one that is replaced after it was opened goes out as it was said last', async () => {
  const { put, untilNothingWaits, names } = await changesOnTheirWay((at) =>
    at.put(contact('c-120', { name: 'Newer' })),
  )
  await put(...many(150))
  await untilNothingWaits()
  expect(names.get('c-120')).toEqual(['Newer'])
  expect(names.get('c-121')).toEqual(['Ann'])
})
