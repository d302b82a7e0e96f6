import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LEASE } from '../../src/connect/lease.ts'
import { LONGEST_RECORD } from '../../src/connect/record-key.ts'
import { LONGEST_WAIT } from '../../src/connect/steps/await-answer.ts'
import { LONGEST_CHECK } from '../../src/connect/steps/check-answer.ts'
import { seconds } from '../../src/shared/clock.ts'
import { SLOWEST_ANSWER } from '../../src/shared/slowest-answer.ts'
import { WAZZUP_CALL } from '../../src/shared/wazzup-deadline.ts'
import { longest } from '../../src/store/postgres/deadlines.ts'

/** What is written down after the call: an apiKey, for which a person waits no longer than so, or any other ending. */
const written = Math.max(LONGEST_RECORD, longest.commit)
const callAndCommits = longest.commit + WAZZUP_CALL.deadline + written

test('a sender has its exchange for longer than the call and the commits around it may take', () => {
  expect(LEASE).toBeGreaterThan(callAndCommits)
})

const confirmation = longest.statement + callAndCommits
const returnFromLogin = 3 * longest.statement + LONGEST_CHECK + longest.statement
const reload = longest.statement + LONGEST_WAIT + 2 * longest.statement

test('wauth check tries with an answer that takes as long as any may', () => {
  expect(SLOWEST_ANSWER).toBeGreaterThan(Math.max(confirmation, returnFromLogin, reload))
})

/** The seconds that a document gives a proxy to wait for an answer. */
const documented = (path: string, directive: RegExp) =>
  seconds(Number(directive.exec(readFileSync(path, 'utf8'))?.[1]))

describe.each([
  ['nginx', documented('docs/install.md', /proxy_read_timeout (\d+)s;/)],
  ['Caddy', documented('docs/compose/Caddyfile', /response_header_timeout (\d+)s/)],
])('%s, as documented, waits for longer than', (_proxy, patience) => {
  test('any answer may take: the confirmation, the return from the login, a reload that waits for it', () => {
    expect(patience).toBeGreaterThan(SLOWEST_ANSWER)
  })
})
