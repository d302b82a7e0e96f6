import { describe, expect, test } from 'vitest'
import { databaseUrl } from '../../../src/config/fields/database-url.ts'
import { readField } from '../../support/read-field.ts'

describe('database', () => {
  test.each([
    ['file:./data/wauth.db', './data/wauth.db'],
    ['file:/data/wauth.db', '/data/wauth.db'],
    ['file:///data/wauth.db', '/data/wauth.db'],
  ])('%s is an SQLite file', (text, path) => {
    expect(readField(databaseUrl(), text)).toEqual({ engine: 'sqlite', path })
  })

  test('postgres:// is for a later version', () => {
    expect(readField(databaseUrl(), 'postgres://wauth:canary@db/wauth')).toBe(
      'refused: names a PostgreSQL server, which this version cannot use',
    )
  })

  test.each([
    './wauth.db',
    'mysql://db',
    'file:',
    'file:data/',
    'file::memory:',
    'file:wauth.db?mode=ro',
    'file://host/x',
  ])('%s is refused', (text) => {
    expect(readField(databaseUrl(), text)).toMatch(/^refused: /)
  })
})
