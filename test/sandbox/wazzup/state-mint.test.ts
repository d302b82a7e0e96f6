import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { createStateMint } from '../../../src/sandbox/wazzup/state-mint.ts'

test('a state lives for ten minutes from its own beginning, also where a second ends in between', async () => {
  let now = Date.UTC(2026, 10, 23, 12)
  const mint = createStateMint(() => new Date((now += 1000)))
  const state = await mint.mint({ userId: '1', accountId: '2', crmCode: 'acme' }, 'ten-minutes')
  const { iat = 0, exp = 0 } = decodeJwt(state)
  expect(exp - iat).toBe(600)
})
