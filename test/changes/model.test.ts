import { expect, test } from 'vitest'
import { changesModel } from '../support/changes-model.ts'

/** What Wazzup holds when all is at rest, after changes, uploads, reconnects, kills and faults in an order of this number. */
async function atRest(seed: number, steps: number) {
  const model = await changesModel(seed)
  for (let n = 0; n < steps; n += 1) await model.step()
  await model.settle()
  return { seed, differences: await model.differences(), ...model.seen }
}

const RIGHT = { differences: [], overlaps: [] }

test.each([1, 2, 3])(
  'Wazzup ends with what the CRM has said last, and is never asked twice at once: %i',
  async (seed) => {
    const found = await atRest(seed, 150)
    expect(found).toMatchObject({ ...RIGHT, seed })
    expect(found.kills).toBeGreaterThan(0)
  },
)

test('the same in long runs of many orders', { tags: ['long'] }, async () => {
  for (let seed = 100; seed < 130; seed += 1)
    expect(await atRest(seed, 400)).toMatchObject({ ...RIGHT, seed })
})
