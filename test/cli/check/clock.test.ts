import { expect, test } from 'vitest'
import type { CheckContext } from '../../../src/cli/check/check.ts'
import { clock } from '../../../src/cli/check/clock.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

/** Only the answer of Wazzup counts here. */
const lookedAt = (date: string | undefined) => {
  const answer = { status: 401, headers: { date }, body: '', tooLarge: false }
  const context: Pick<CheckContext, 'wazzup'> = { wazzup: async () => ({ kind: 'answer', answer, at: NOW }) }
  return clock.run(context as CheckContext)
}

test.each([
  ['Mon, 23 Nov 2026 12:00:01 GMT', 'pass', "agrees with Wazzup's"],
  ['Mon, 23 Nov 2026 11:59:55 GMT', 'pass', '5 s ahead of'],
  ['Mon, 23 Nov 2026 12:00:20 GMT', 'warning', '20 s behind'],
  ['Mon, 23 Nov 2026 12:00:31 GMT', 'failure', '31 s behind'],
  ['Mon, 23 Nov 2026 11:55:00 GMT', 'failure', '300 s ahead of'],
  ['soon', 'warning', 'no answer'],
  [undefined, 'warning', 'no answer'],
])('Wazzup says %s: %s', async (date, status, says) => {
  expect(await lookedAt(date)).toMatchObject({ status, says: expect.stringContaining(says) as string })
})
