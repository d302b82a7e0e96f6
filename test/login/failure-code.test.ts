import { expect, test } from 'vitest'
import { PeerUnavailable } from '../../src/login/bounded-fetch.ts'
import { failureCode } from '../../src/login/failure-code.ts'
import { LoginRefused } from '../../src/login/login-refused.ts'

const withCode = (code: unknown, cause?: unknown) => Object.assign(new Error('x', { cause }), { code })

test('is the word of our own check', () => {
  expect(failureCode(new LoginRefused('token_lives_too_long'))).toBe('token_lives_too_long')
})

test("is the peer's failure, however deep a library has wrapped it", () => {
  const wrapped = withCode('SOMETHING_ELSE', new Error('y', { cause: new PeerUnavailable('peer_too_slow') }))
  expect(failureCode(wrapped)).toBe('peer_too_slow')
})

test('repeats no word that a stranger may have put there', () => {
  expect(failureCode(withCode('ANSWERED', { error: 'no', claim: 'canary' }))).toBe('unexpected')
  expect(failureCode('canary')).toBe('unexpected')
})

test('ends, also for an error that is its own cause', () => {
  const error = withCode('LOOP')
  error.cause = error
  expect(failureCode(error)).toBe('unexpected')
})
