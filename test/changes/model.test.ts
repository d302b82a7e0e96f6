import { expect, test } from 'vitest'
import { changesModel } from '../support/changes-model.ts'

/**
 * What Wazzup holds whenever all is at rest, after changes, uploads, reconnects, ends, kills and faults in an order of this number.
 * Often: what was lost is soon made good by a later change or upload.
 */
async function atRest(seed: number, rounds: number) {
  const model = await changesModel(seed)
  const differences: string[] = []
  for (let n = 0; n < rounds; n += 1) {
    for (let steps = 0; steps < 25; steps += 1) await model.step()
    model.kill()
    await model.settle()
    differences.push(...(await model.differences()))
  }
  return { seed, differences, ...model.seen }
}

const RIGHT = { differences: [], overlaps: [] }

test.each([1, 2, 3])(
  'Wazzup ends with what the CRM has said last, and is never asked twice at once: %i',
  async (seed) => {
    const found = await atRest(seed, 6)
    expect(found).toMatchObject({ ...RIGHT, seed })
    expect(found.kills).toBeGreaterThan(0)
  },
)

test('the same in long runs of many orders', { tags: ['long'], timeout: 900_000 }, async () => {
  for (let seed = 100; seed < 160; seed += 1) expect(await atRest(seed, 12)).toMatchObject({ ...RIGHT, seed })
})
