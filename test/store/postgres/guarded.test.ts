import pg from 'pg'
import { expect, test } from 'vitest'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { guarded, isEnvironment } from '../../../src/store/postgres/guarded.ts'

const withCode = (code: string) => Object.assign(new Error('something'), { code })
const ofServer = (code: string) => Object.assign(new pg.DatabaseError('something', 0, 'error'), { code })

test.each([
  ['a name that does not resolve just now', withCode('EAI_AGAIN')],
  ['nobody there', withCode('ECONNREFUSED')],
  ['a line that was cut', new Error('Connection terminated unexpectedly')],
  ['no connection in time, of the pool', new Error('timeout exceeded when trying to connect')],
  ['no connection in time, of a client alone', new Error('timeout expired')],
  ['too many connections', ofServer('53300')],
  ['a server that shuts down', ofServer('57P01')],
])('%s passes: the caller is told to come again', (_what, error) => {
  expect(isEnvironment(error)).toBe(true)
})

test.each([
  ['an argument of a wrong type', withCode('ERR_INVALID_ARG_TYPE')],
  ['a statement that is wrong', ofServer('42601')],
  ['a row that is there twice', ofServer('23505')],
  ['any other error', new Error('x is not a function')],
])('%s is a mistake, and told as one', (_what, error) => {
  expect(isEnvironment(error)).toBe(false)
})

test.each(['26000', '42P05'])('%s is the mark of a pooler that keeps no sessions', async (code) => {
  await expect(guarded(() => Promise.reject(ofServer(code)))).rejects.toMatchObject({
    ...{ constructor: StoreUnavailable, code: 'pooler_keeps_no_sessions' },
  })
})
