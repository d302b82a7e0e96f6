import { describe, expect, test } from 'vitest'
import { page, runToEnd } from '../../support/upload-at-hand.ts'

describe("Wazzup's own count after a kind", () => {
  test('is a note when it is fewer than was sent, and no failure', async () => {
    const upload = await runToEnd(async ({ kind }) => page(kind), { counts: { contacts: 0, deals: 1 } })
    expect(upload).toMatchObject({ status: 'done', reason: null })
    expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
      ['users', 'done', null],
      ['pipelines', 'done', null],
      ['contacts', 'done', 'fewer_at_wazzup'],
      ['deals', 'done', null],
    ])
  })
})
