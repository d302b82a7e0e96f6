import { expect, test } from 'vitest'
import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import { after } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { NOON } from '../support/attempts.ts'
import { gone } from '../support/changes-at-hand.ts'

const many = (n: number): AskedChange[] => Array.from({ length: n }, (_, i) => gone('contacts', `c-${i}`))

test('changes are named in the order in which they come, so that a batch is erased from one place of the index of names', async () => {
  const names: string[] = []
  const store = {
    changes: {
      accept: async (_: string, given: readonly { id: string }[]) => {
        names.push(...given.map(({ id }) => id))
        return { kind: 'accepted', waiting: names.length }
      },
    },
  } as never
  let now = NOON
  for (let requests = 0; requests < 20; requests += 1) {
    now = after(now, 1)
    await acceptChanges('acme', many(1 + (requests % 3) * 499), {
      ...{ store, random: systemRandom, clock: () => now },
    })
  }
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(names.toSorted())
})
