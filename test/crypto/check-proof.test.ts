import { expect, test } from 'vitest'
import { isCheckProof, makeCheckProof } from '../../src/crypto/check-proof.ts'
import { after, minutes } from '../../src/shared/clock.ts'

const [KEY, OTHER] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const NOON = new Date('2026-11-23T12:00:00Z')
const proof = makeCheckProof(KEY, 500, NOON)

test('any of the keys of a service takes it, for some minutes on either side', () => {
  for (const now of [NOON, after(NOON, minutes(1)), after(NOON, -minutes(1))])
    expect(isCheckProof([OTHER, KEY], { proof, wait: 500 }, now)).toBe(true)
})

test.each([
  ['by another key', () => isCheckProof([OTHER], { proof, wait: 500 }, NOON)],
  ['for another wait', () => isCheckProof([KEY], { proof, wait: 40_000 }, NOON)],
  ['too late', () => isCheckProof([KEY], { proof, wait: 500 }, after(NOON, minutes(3)))],
  ['with its time changed', () => isCheckProof([KEY], { proof: proof.replace(/^1/, '2'), wait: 500 }, NOON)],
  ['that is none', () => isCheckProof([KEY], { proof: '', wait: 500 }, NOON)],
])('one %s is refused', (_, taken) => {
  expect(taken()).toBe(false)
})
