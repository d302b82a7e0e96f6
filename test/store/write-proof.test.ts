import { expect, test } from 'vitest'
import { milliseconds } from '../../src/store/postgres/deadlines.ts'
import { BUSY_TIMEOUT } from '../../src/store/sqlite/open.ts'
import { StoreNotWritable } from '../../src/store/errors.ts'
import { COUNTS_FOR, createWriteProof, WRITE_EVERY } from '../../src/store/write-proof.ts'

/** A store that counts how often it is written to, on a clock of its own. */
function proofAtHand() {
  const at = { now: 0, writes: 0, broken: false }
  const write = async () => {
    at.writes += 1
    await Promise.resolve()
    if (at.broken) throw new Error('the disk is full')
  }
  return { at, proof: createWriteProof(write, () => at.now) }
}

test('while the last write was made, however many ask, nothing is written', async () => {
  const { at, proof } = proofAtHand()
  await proof.make()
  at.now = COUNTS_FOR - 1
  for (let asked = 0; asked < 100; asked++) await proof.check()
  expect(at.writes).toBe(1)
})

test('one that is overdue, or was never made, is made by who asks', async () => {
  const { at, proof } = proofAtHand()
  await proof.check()
  expect(at.writes).toBe(1)
  at.now = COUNTS_FOR
  await proof.check()
  expect(at.writes).toBe(2)
})

test('one that failed is told until one is made, and one is made as soon as somebody asks', async () => {
  const { at, proof } = proofAtHand()
  await proof.make()
  at.broken = true
  await expect(proof.make()).rejects.toMatchObject({
    ...{ constructor: StoreNotWritable, cause: { message: 'the disk is full' } },
  })
  await expect(proof.check()).rejects.toBeInstanceOf(StoreNotWritable)
  at.broken = false
  await proof.check()
  const { writes } = at
  await proof.check()
  expect(at.writes).toBe(writes)
})

test('those who ask at the same time share one write', async () => {
  const { at, proof } = proofAtHand()
  at.broken = true
  const answers = await Promise.allSettled([proof.check(), proof.check(), proof.make()])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(at.writes).toBe(1)
})

test('a write counts until the next one is made, also where that takes as long as it may', () => {
  const longest = Math.max(BUSY_TIMEOUT, milliseconds.connect + milliseconds.answer)
  expect(COUNTS_FOR).toBeGreaterThan(WRITE_EVERY + longest)
})

test('a write that throws at once is no answer for ever', async () => {
  let broken = true
  const proof = createWriteProof(() => {
    if (broken) throw new Error('no statement can be made')
    return Promise.resolve()
  })
  await expect(proof.make()).rejects.toBeInstanceOf(StoreNotWritable)
  broken = false
  await proof.make()
  await expect(proof.check()).resolves.toBeUndefined()
})
