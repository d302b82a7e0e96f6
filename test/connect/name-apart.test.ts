import { expect, test } from 'vitest'
import { nameApart } from '../../src/connect/name-apart.ts'

const refused = { name: 'Acme', reason: 'state_refused' } as const
const apart = (
  name: string,
  crmAccountId: string,
  latest: Parameters<typeof nameApart>[1]['latest'] = refused,
) => nameApart(name, { crmAccountId, latest })

test.each([null, { name: 'Acme', reason: null }, { name: 'Acme', reason: 'wazzup_unavailable' }] as const)(
  'a name stays as it is after %j',
  (latest) => {
    expect(apart('Acme', 'a-1', latest)).toBe('Acme')
  },
)

test('after a refusal it has a mark, the same for one account, another for each', () => {
  const name = apart('Acme', 'a-1')
  expect(name).toMatch(/^Acme [0-9a-f]{6}$/)
  expect(apart('Acme', 'a-1')).toBe(name)
  expect(apart('Acme', 'a-2')).not.toBe(name)
  expect(apart('Acme', 'a-1', { name, reason: null })).toBe(name)
})

test('a long one makes room for it, where no character is torn', () => {
  const name = apart('😀'.repeat(50), 'a-1')
  expect(name.isWellFormed()).toBe(true)
  expect(Array.from(name)).toHaveLength(50)
})
