import { expect, test } from 'vitest'
import { SECRET_LIFE } from '../../src/shared/short-memory.ts'
import type { ResolvedKey } from '../../src/store/key.ts'
import { openedKeys } from '../../src/store/opened-keys.ts'

const foundOf = (crmKey: string, more: Partial<ResolvedKey> = {}): ResolvedKey => ({
  ...{ connectionId: 'c', generationId: 'g', crmAccountId: 'acme', generation: 1 },
  ...{ crmAccountName: 'Acme', wazzupAccountId: null, keyStatus: 'current' },
  apiKey: () => `sealed of ${crmKey}`,
  ...more,
})

function keysAtHand(most?: number) {
  let [now, opened] = [0, 0]
  const open = (sealed: string) => {
    opened += 1
    if (sealed === 'damaged') throw new Error('damaged')
    return `opened ${sealed}`
  }
  const keys = openedKeys(open, () => now, most)
  return {
    ...keys,
    apiKeyOf: (crmKey: string, more?: Partial<ResolvedKey>) =>
      keys.of(crmKey, foundOf(crmKey, more)).apiKey(),
    pass: (ms: number) => (now += ms),
    opened: () => opened,
  }
}

test('what was opened once is not opened again', () => {
  const { apiKeyOf, opened } = keysAtHand()
  expect([apiKeyOf('one'), apiKeyOf('one')]).toEqual(['opened sealed of one', 'opened sealed of one'])
  expect(opened()).toBe(1)
})

test('nothing is opened that nobody asks for, and no apiKey stays none', () => {
  const { of, apiKeyOf, opened } = keysAtHand()
  of('one', foundOf('one'))
  expect(apiKeyOf('two', { apiKey: () => null })).toBeNull()
  expect(opened()).toBe(0)
})

test('what was found as it was is the same object', () => {
  const { of } = keysAtHand()
  const key = of('one', foundOf('one'))
  expect(of('one', foundOf('one'))).toBe(key)
  expect(of('two', foundOf('two'))).not.toBe(key)
})

test.each([
  { connectionId: 'other' },
  { generationId: 'other' },
  { crmAccountId: 'other' },
  { generation: 2 },
  { apiKey: () => 'another' },
  { crmAccountName: 'Other' },
  { wazzupAccountId: 'other' },
  { keyStatus: 'previous' },
] as const)('what has become another is told as it is now: %o', (change) => {
  const { of } = keysAtHand()
  of('one', foundOf('one')).apiKey()
  const now = foundOf('one', change)
  const { apiKey, ...rest } = of('one', now)
  expect({ ...rest, apiKey: apiKey() }).toEqual({ ...now, apiKey: `opened ${String(now.apiKey())}` })
})

test('a value that cannot be opened is tried each time', () => {
  const { apiKeyOf, opened } = keysAtHand()
  for (let i = 0; i < 2; i++) expect(() => apiKeyOf('one', { apiKey: () => 'damaged' })).toThrow('damaged')
  expect(opened()).toBe(2)
})

test('after a minute it is opened again, however often it was asked for', () => {
  const { apiKeyOf, pass, opened } = keysAtHand()
  for (let asked = 0; asked <= 12; asked++) {
    apiKeyOf('one')
    pass(SECRET_LIFE / 12)
  }
  expect(opened()).toBe(2)
})

test('a disconnect forgets the keys of its account, and of no other', () => {
  const { apiKeyOf, forgetAccount, opened } = keysAtHand()
  for (const crmKey of ['one', 'two']) apiKeyOf(crmKey)
  apiKeyOf('three', { crmAccountId: 'nordwind' })
  forgetAccount('acme')
  apiKeyOf('three', { crmAccountId: 'nordwind' })
  expect(opened()).toBe(3)
  for (const crmKey of ['one', 'two']) apiKeyOf(crmKey)
  expect(opened()).toBe(5)
})

test('what was opened last is kept, and no more than there is room for', () => {
  const { apiKeyOf, opened } = keysAtHand(4)
  const names = Array.from({ length: 100 }, (_, i) => `key ${i}`)
  for (const name of names) apiKeyOf(name)
  for (const name of names.slice(-4)) apiKeyOf(name)
  expect(opened()).toBe(100)
  apiKeyOf('key 0')
  expect(opened()).toBe(101)
})
