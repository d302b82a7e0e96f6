import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { rememberOpened } from '../../src/crypto/remember-opened.ts'
import { createSealer } from '../../src/crypto/sealer.ts'

const placeOf = (row: string, column = 'api_key') => ({ table: 'generations', row, column })

function opener(most?: number) {
  const uses = { seal: 0, open: 0 }
  const ring = createKeyRing([{ id: 'k1', key: randomBytes(32) }])
  const sealer = createSealer(ring, (_keyId, use) => (uses[use] += 1))
  const { open } = rememberOpened(sealer, most)
  return { seal: (text: string, row: string) => sealer.seal(text, placeOf(row)), open, uses }
}

test('what was opened once is not opened again', () => {
  const { seal, open, uses } = opener()
  const sealed = seal('an apiKey', 'r1')
  expect([open(sealed, placeOf('r1')), open(sealed, placeOf('r1'))]).toEqual(['an apiKey', 'an apiKey'])
  expect(uses.open).toBe(1)
})

test('another value of the same row is opened for itself', () => {
  const { seal, open } = opener()
  open(seal('the older', 'r1'), placeOf('r1'))
  expect(open(seal('the newer', 'r1'), placeOf('r1'))).toBe('the newer')
})

test('what was moved to another place does not open there, though it was opened at its own', () => {
  const { seal, open } = opener()
  const sealed = seal('an apiKey', 'r1')
  open(sealed, placeOf('r1'))
  expect(() => open(sealed, placeOf('r2'))).toThrow(expect.objectContaining({ code: 'seal_wrong_place' }))
  expect(() => open(sealed, placeOf('r1', 'crm_key'))).toThrow(
    expect.objectContaining({ code: 'seal_wrong_place' }),
  )
})

test('a changed value is refused, though the whole one was opened', () => {
  const { seal, open } = opener()
  const sealed = seal('an apiKey', 'r1')
  open(sealed, placeOf('r1'))
  const changed = `${sealed.slice(0, -4)}${sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
  expect(() => open(changed, placeOf('r1'))).toThrow(expect.objectContaining({ code: 'seal_tampered' }))
})

test('what was used last is kept, and no more than there is room for', () => {
  const { seal, open, uses } = opener(4)
  const values = Array.from({ length: 100 }, (_, i) => seal(`key ${i}`, `r${i}`))
  for (const [i, value] of values.entries()) open(value, placeOf(`r${i}`))
  const before = uses.open
  for (const i of [99, 98]) expect(open(values[i] ?? '', placeOf(`r${i}`))).toBe(`key ${i}`)
  expect(uses.open).toBe(before)
  open(values[0] ?? '', placeOf('r0'))
  expect(uses.open).toBe(before + 1)
})
