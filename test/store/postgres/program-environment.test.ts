import { expect, test } from 'vitest'
import { programEnvironment } from '../../../src/store/postgres/program-environment.ts'

const SERVER = 'postgres://u:p%40ss@db.example:5433/wauth'

test('a server, and the socket of one on this machine', () => {
  expect(programEnvironment(SERVER)).toEqual({
    ...{ PGHOST: 'db.example', PGPORT: '5433', PGUSER: 'u', PGPASSWORD: 'p@ss', PGDATABASE: 'wauth' },
    PGAPPNAME: 'wauth backup',
  })
  const socket = { PGHOST: '/var/run/postgresql', PGUSER: 'u', PGDATABASE: 'db' }
  expect(programEnvironment('postgres://u:p@/db?host=/var/run/postgresql')).toMatchObject(socket)
  expect(programEnvironment('postgres:///db?host=/var/run/postgresql&user=u')).toMatchObject(socket)
  expect(programEnvironment('postgres://u:p@%2Fvar%2Frun%2Fpostgresql/db')).toMatchObject(socket)
})

test.each([
  ['sslmode=prefer', 'verify-full', 'system'],
  ['sslmode=require', 'verify-full', 'system'],
  ['sslmode=verify-ca&sslrootcert=/ca.pem', 'verify-full', '/ca.pem'],
  ['sslmode=verify-full', 'verify-full', 'system'],
  ['ssl=true', 'verify-full', 'system'],
  ['sslrootcert=/ca.pem', 'verify-full', '/ca.pem'],
  ['uselibpqcompat=true&sslmode=require', 'require', undefined],
  ['sslmode=no-verify', 'require', undefined],
  ['sslmode=disable', 'disable', undefined],
])('with %s the server is trusted as the service trusts it', (parameters, mode, authorities) => {
  const { PGSSLMODE, PGSSLROOTCERT } = programEnvironment(`${SERVER}?${parameters}`)
  expect([PGSSLMODE, PGSSLROOTCERT]).toEqual([mode, authorities])
})
