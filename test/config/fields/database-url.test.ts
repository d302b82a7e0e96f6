import { describe, expect, test } from 'vitest'
import {
  databaseUrl,
  forDriver,
  warningsOf,
  type DatabaseAddress,
} from '../../../src/config/fields/database-url.ts'
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

  test.each([
    'postgres://wauth:canary@db/wauth',
    'postgresql://wauth:canary@db:5433/wauth?sslmode=require',
    'postgres://wauth:canary@/wauth?host=/var/run/postgresql',
    'postgres:///wauth?host=/var/run/postgresql&user=wauth&password=canary',
    'postgres://wauth:canary@%2Fvar%2Frun%2Fpostgresql/wauth',
  ])('%s is a database of a PostgreSQL server, whose password is not shown', (text) => {
    const address = readField(databaseUrl(), text) as DatabaseAddress
    expect([address.engine, address.place.reveal()]).toEqual(['postgres', text])
    expect(JSON.stringify(address)).not.toContain('canary')
  })

  test.each([
    './wauth.db',
    'postgres://db',
    'postgres://wauth@db/',
    'postgres://wauth@/wauth',
    'postgres://wauth@/?host=/var/run/postgresql',
    'postgres:///wauth?host=/var/run/postgresql',
    'postgres://wauth@one,two/wauth',
    'postgres://wauth@one:5432,two:5432/wauth',
    'postgres://wauth@/wauth?host=one,two',
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

  test('several servers are refused as what they are', () => {
    expect(readField(databaseUrl(), 'postgres://wauth@one,two/wauth')).toContain('several servers')
    expect(readField(databaseUrl(), 'postgres://wauth:a,b@one/wauth')).not.toContain('refused')
  })

  test.each(['prefer', 'require', 'verify-ca'])('sslmode=%s is told to be verify-full, and is', (mode) => {
    const url = `postgres://wauth:sslmode=${mode}@db/wauth?a=b&sslmode=${mode}`
    const [warning] = warningsOf(readField(databaseUrl(), url) as DatabaseAddress)
    expect(warning).toMatchObject({ name: 'DATABASE_URL', problem: expect.stringContaining(mode) as string })
    expect(forDriver(url)).toBe(`postgres://wauth:sslmode=${mode}@db/wauth?a=b&sslmode=verify-full`)
  })

  test.each(['sslmode=verify-full', 'sslmode=disable', 'uselibpqcompat=true&sslmode=require', 'a=b'])(
    '%s is left as it is',
    (parameters) => {
      const url = `postgres://wauth@db/wauth?${parameters}`
      expect(warningsOf(readField(databaseUrl(), url) as DatabaseAddress)).toEqual([])
      expect(forDriver(url)).toBe(url)
    },
  )
})
