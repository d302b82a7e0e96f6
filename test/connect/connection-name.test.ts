import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectionName } from '../../src/connect/connection-name.ts'

const nameOf = (crmAccountName: string, crmAccountId = 'acme') =>
  connectionName({ crmAccountName, crmAccountId })

test('an ordinary name stays as it is', () => {
  expect(nameOf('acme.crm-example.com')).toBe('acme.crm-example.com')
  expect(nameOf('ООО Ромашка 24')).toBe('ООО Ромашка 24')
})

test('what may not be allowed is left out', () => {
  expect(nameOf('«Acme» & Sons <b>\u202e!')).toBe('Acme Sons b')
})

test('a name of nothing but signs gives way to the account, and that to a word', () => {
  expect(nameOf('!!!', 'acme-1')).toBe('acme-1')
  expect(nameOf('!!!', '???')).toBe('CRM')
})

test('is 1 to 50 allowed characters and does not depend on when it is asked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, id) => {
      const shown = nameOf(name, id)
      expect(shown).toMatch(/^[\p{L}\p{N}\p{M}. -]{1,50}$/u)
      expect(nameOf(name, id)).toBe(shown)
    }),
  )
})
