import pg from 'pg'
import { expect, test } from 'vitest'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { startError } from '../../../src/store/postgres/start-error.ts'

const containing = (text: string) => expect.stringContaining(text) as string

const said = (code: string, message: string) =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code })
const told = (cause: unknown) =>
  startError('It fails', { code: 'x', cause }, 'postgres://u:c%40nary@db.example/d')

// As PgBouncer says them; the class is the same for all.
test.each([
  'no more connections allowed (max_client_conn)',
  'query_wait_timeout',
  'server login has been failing, cached error: connect failed (server_login_retry)',
  'pgbouncer cannot connect to server',
  'server conn crashed?',
])('«%s» passes, and is not said to be out of reach', (message) => {
  expect(told(said('08P01', message))).toMatchObject({
    ...{ constructor: StoreUnavailable, code: 'storage_unavailable', message: containing(message) },
  })
})

test.each([
  'no such database: wauth',
  'no such user',
  'unsupported startup parameter: options',
  'unsupported startup parameter: statement_timeout=5',
])('«%s» is for somebody to mend', (message) => {
  expect(told(said('08P01', message))).toMatchObject({
    ...{ constructor: StoreUnusable, code: 'x', message: containing(message), hint: containing('pooler') },
  })
})

// Every class that a server can answer a start or a migration with: PostgreSQL, appendix A.
test.each([
  ...([
    '08006',
    '08004',
    '53100',
    '53200',
    '53300',
    '53000',
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '57014',
  ] as const),
  ...(['58000', '58030', '40001', '40P01', '55P03', '55006'] as const),
])('%s passes: the exit code is 1', (code) => {
  const error = told(said(code, 'canary words'))
  expect(error).toMatchObject({ constructor: StoreUnavailable, message: containing(code) })
  expect(error.hint).toBeTruthy()
})

test.each([
  ...(['0A000', '22021', '22P05', '22023', '23505', '25006', '28000', '28P01', '3D000', '3F000'] as const),
  ...(['42501', '42601', '42P01', '42P07', '42703', '53400', '54000', '55000', '57P04', '58P01'] as const),
  ...(['F0000', 'P0001', 'XX000', 'XX001', '99999'] as const),
])('%s is for somebody to mend: the exit code is 78', (code) => {
  const error = told(said(code, 'canary words'))
  expect(error).toMatchObject({ constructor: StoreUnusable, code: 'x', message: containing(code) })
  expect(error.message).not.toMatch(/^It fails/)
  expect(error.hint).toBeTruthy()
})

const broken = (syscall: string, code: string, message = '') =>
  Object.assign(new Error(`${syscall} ${code} ${message}`), { code, syscall })

test.each([
  ['connect', 'ETIMEDOUT'],
  ['connect', 'EHOSTUNREACH'],
  ['read', 'ECONNRESET'],
  ['getaddrinfo', 'EAI_AGAIN'],
])('%s %s passes', (syscall, code) => {
  expect(told(broken(syscall, code))).toMatchObject({
    ...{ constructor: StoreUnavailable, code: 'database_unreachable', message: containing(code) },
  })
})

test.each([
  [broken('connect', 'EACCES'), 'socket'],
  [broken('open', 'EACCES', 'sslkey'), 'TLS cannot be read'],
  [broken('', 'ERR_TLS_CERT_ALTNAME_INVALID'), 'another host'],
  [broken('', 'CERT_HAS_EXPIRED'), 'out of its time'],
  [broken('', 'SELF_SIGNED_CERT_IN_CHAIN'), 'authority'],
  [broken('', 'ERR_OSSL_PEM_NO_START_LINE'), 'TLS'],
  [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'has none'],
  [new Error('Unknown authenticationOk message type 7'), 'login'],
])('%s is for somebody to mend', (error, cause) => {
  expect(told(error)).toMatchObject({ constructor: StoreUnusable, code: 'x', message: containing(cause) })
})

test('the words of a server are one short line, without the password', () => {
  const { message } = told(said('28P01', `«Пароль» c@nary c%40nary\u001b[2J\n${'long '.repeat(200)}`))
  expect(message).toMatch(/\(28P01: «Пароль» … … \[2J long /)
  expect(message.length).toBeLessThan(300)
})

test('what is said about a row stays out of it', () => {
  for (const code of ['23505', '22021', 'P0001']) {
    const { message } = told(said(code, 'duplicate key (canary)'))
    expect(message).toContain(`(${code})`)
    expect(message).not.toContain('canary')
  }
})
