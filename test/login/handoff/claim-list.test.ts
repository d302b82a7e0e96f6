import { decodeJwt } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { claimList } from '../../../src/login/handoff/claim-list.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { crmSecret, handoffToken } from './crm.ts'
import { openHandoff } from './open-handoff.ts'

/** What becomes of a hand-over without this claim. */
async function logInWithout(claim: string | null, texts: Record<string, string> = {}) {
  const { method } = openHandoff({ HANDOFF_SECRET: crmSecret, ...texts })
  onTestFinished(() => method.close())
  const start = await method.begin({ attemptId: systemRandom(16), again: false })
  if (start.kind !== 'redirect') throw new Error('the login did not begin')
  const request = start.location.searchParams.get('request') ?? ''
  const token = await handoffToken({ request, claims: claim === null ? {} : { [claim]: undefined } })
  const outcome = await method.complete({
    params: new URLSearchParams({ token }),
    headers: new Headers(),
    remembered: start.remember,
  })
  return outcome.kind
}

test('lists every claim of a good hand-over', async () => {
  const claims = Object.keys(decodeJwt(await handoffToken({ request: 'request' })))
  expect(claimList.map(({ name }) => name).sort()).toEqual(claims.sort())
})

test('with all of the claims a user is identified', async () => {
  expect(await logInWithout(null)).toBe('identified')
})

describe.each(claimList)('$name', ({ name, needed, setting }) => {
  test('is needed as the documents say', async () => {
    expect(await logInWithout(name)).toBe(needed === 'always' ? 'refused' : 'identified')
    if (needed === null || needed === 'always') return
    expect(await logInWithout(name, { [needed.with]: 'admin' })).toBe('refused')
  })

  test('has no setting for its name', () => {
    expect(setting).toBeUndefined()
  })
})
