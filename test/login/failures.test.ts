import { describe, expect, test } from 'vitest'
import { FAILURES, type FailureCode } from '../../src/login/failures.ts'
import { renderFailures } from '../../src/login/render-failures.ts'
import { sentence } from '../../src/login/login-refused.ts'

const codes = Object.keys(FAILURES) as FailureCode[]
const facts = { why: 'why', claim: 'claim', found: 'found', expected: 'expected', seconds: 7, status: 404 }

describe('the table of failures', () => {
  test.each(codes)('%s is told in whole sentences', (code) => {
    expect(code).toMatch(/^[a-z0-9_]{3,60}$/)
    expect(sentence(code, facts)).toMatch(/^[A-Z][^{}]*\.$/)
  })

  test('never blames the vendor for what a browser alone can bring', () => {
    const brought = codes.filter((code) => /^(answer|leg)_|^(access_denied|invalid_grant)$|_nonce/.test(code))
    expect(brought.length).toBeGreaterThan(10)
    expect(brought.filter((code) => FAILURES[code].blame === 'vendor')).toEqual([])
  })

  test('lets the page follow from whose mistake it is', () => {
    const pages = new Set(codes.map((code) => `${FAILURES[code].blame} ${FAILURES[code].reason}`))
    expect([...pages].sort()).toEqual([
      'anybody login_failed',
      'outage login_unavailable',
      'person cancelled',
      'person login_failed',
      'person not_allowed',
      'us login_failed',
      'vendor login_misconfigured',
    ])
  })
})

describe('the table of the documents', () => {
  const lines = renderFailures().trim().split('\n')
  const cells = (line: string) => line.replaceAll('\\|', '').split('|').slice(1, -1)

  test('has as many cells in each row as in its header', () => {
    for (const line of lines) expect(cells(line), line).toHaveLength(cells(lines[0] ?? '').length)
  })

  test('reads as sentences where something is filled in', () => {
    const text = lines.join('\n')
    expect(text).toContain('| The claim ‹claim›, which identifies the user, cannot be used: ‹why›. |')
    expect(text).not.toMatch(/› ‹|, ‹found›/)
  })

  test('says of a mistake of the service itself that it is none of the vendor, nor of anybody', () => {
    expect(lines.find((line) => line.startsWith('| `unexpected` |'))).toContain('| ours |')
  })
})

describe('a sentence', () => {
  test('says that nothing was found', () => {
    for (const found of [undefined, null, '']) {
      expect(sentence('token_iss', { found, expected: 'x' })).toContain('says iss nothing, ')
    }
  })

  test('shows a little of a long list', () => {
    const found = Array.from({ length: 500 }, (_, i) => `client-${i}`)
    expect(sentence('token_aud', { found, expected: 'x' }).length).toBeLessThan(200)
  })

  test('cuts between characters and shows none that could move a cursor', () => {
    const told = sentence('token_iss', { found: `\n\u001b[2J${'👍'.repeat(300)}`, expected: 'x' })
    expect(told).toContain('\\u{a}\\u{1b}[2J👍')
    expect(told.isWellFormed()).toBe(true)
    expect(Array.from(told).length).toBeLessThan(200)
  })
})
