import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openedKeys } from '../../src/store/opened-keys.ts'
import { SECRET_LIFE } from '../../src/shared/short-memory.ts'

function keysAtHand(most?: number) {
  let [now, opened] = [0, 0]
  const keys = openedKeys(() => now, most)
  const open = (crmKey: string, sealed = `sealed of ${crmKey}`, crmAccountId = 'acme') =>
    keys.open({ crmKeyHash: crmKey, crmAccountId, sealed }, () => {
      opened += 1
      return `opened ${sealed}`
    })
  return { ...keys, open, pass: (ms: number) => (now += ms), opened: () => opened }
}

test('what was opened once is not opened again', () => {
  const { open, opened } = keysAtHand()
  expect([open('one'), open('one')]).toEqual(['opened sealed of one', 'opened sealed of one'])
  expect(opened()).toBe(1)
})

test('another value of the same crmKey is opened for itself', () => {
  const { open } = keysAtHand()
  open('one', 'the older')
  expect(open('one', 'the newer')).toBe('opened the newer')
})

test('a value that cannot be opened is not remembered', () => {
  const { open, opened } = keysAtHand()
  const from = { crmKeyHash: 'one', crmAccountId: 'acme', sealed: 'damaged' }
  const damaged = () => {
    throw new Error('damaged')
  }
  expect(() => openedKeys(() => 0).open(from, damaged)).toThrow('damaged')
  open('one')
  expect(opened()).toBe(1)
})

test('after a minute it is opened again, however often it was asked for', () => {
  const { open, pass, opened } = keysAtHand()
  for (let asked = 0; asked <= 12; asked++) {
    open('one')
    pass(SECRET_LIFE / 12)
  }
  expect(opened()).toBe(2)
})

test('a disconnect forgets the keys of its account, and of no other', () => {
  const { open, forgetAccount, opened } = keysAtHand()
  for (const crmKey of ['one', 'two']) open(crmKey)
  open('three', 'sealed of three', 'nordwind')
  forgetAccount('acme')
  open('three', 'sealed of three', 'nordwind')
  expect(opened()).toBe(3)
  for (const crmKey of ['one', 'two']) open(crmKey)
  expect(opened()).toBe(5)
})

test('what was opened last is kept, and no more than there is room for', () => {
  const { open, opened } = keysAtHand(4)
  const names = Array.from({ length: 100 }, (_, i) => `key ${i}`)
  for (const name of names) open(name)
  for (const name of names.slice(-4)) open(name)
  expect(opened()).toBe(100)
  open('key 0')
  expect(opened()).toBe(101)
})

test('an opened apiKey leaves the memory of the process', async () => {
  const script = join(import.meta.dirname, 'opened-keys-in-heap.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  expect(JSON.parse(stdout)).toEqual({
    opened: true,
    'a minute later': false,
    disconnected: false,
    'not found any more': false,
  })
})
