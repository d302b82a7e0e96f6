import { expect, test } from 'vitest'
import { createStoreProbe } from '../../../src/http/internal/store-probe.ts'

test('a question that fails at once is asked again the next time', async () => {
  let broken = true
  const probe = createStoreProbe(() => {
    if (broken) throw new Error('no statement can be made')
    return Promise.resolve()
  })
  expect(await probe()).toEqual({ ok: false, detail: 'does not answer' })
  broken = false
  expect(await probe()).toEqual({ ok: true, detail: 'answers' })
})

test('those who ask at the same time share one question', async () => {
  let asked = 0
  const probe = createStoreProbe(async () => {
    asked += 1
    await Promise.resolve()
  })
  await Promise.all([probe(), probe(), probe()])
  expect(asked).toBe(1)
})
