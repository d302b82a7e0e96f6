import { describe, expect, test } from 'vitest'
import { databaseUrl, type DatabaseAddress } from '../../../src/config/fields/database-url.ts'
import { readField } from '../../support/read-field.ts'

describe('database', () => {
  test.each([
    ['file:./data/wauth.db', './data/wauth.db'],
    ['file:/data/wauth.db', '/data/wauth.db'],
    ['file:///data/wauth.db', '/data/wauth.db'],
  ])('%s is an SQLite file', (text, path) => {
    const address = readField(databaseUrl(), text) as DatabaseAddress
    expect([address.engine, address.place.reveal()]).toEqual(['sqlite', path])
  })

  test.each(['postgres://wauth:canary@db/wauth', 'postgresql://wauth:canary@db:5433/wauth?sslmode=require'])(
    '%s is a database of a PostgreSQL server, whose password is not shown',
    (text) => {
      const address = readField(databaseUrl(), text) as DatabaseAddress
      expect([address.engine, address.place.reveal()]).toEqual(['postgres', text])
      expect(JSON.stringify(address)).not.toContain('canary')
    },
  )

  test.each([
    './wauth.db',
    'postgres://db',
    'postgres://wauth@db/',
    'postgres://db/wauth',
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
