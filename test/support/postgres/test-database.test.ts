import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase } from './test-database.ts'

test('what is held and waited for in one database of the server is not told of another', async () => {
  const [busy, idle] = [await testDatabase(), await testDatabase()]
  const holding = await busy.hold('LOCK TABLE claims IN ACCESS EXCLUSIVE MODE')
  const service = new pg.Client({ connectionString: busy.url, application_name: 'wauth' })
  await service.connect()
  const waiting = service.query('SELECT 1 FROM claims')
  await holding.somebodyWaits()
  const seen = async ({ isHeld, isWaitedFor }: typeof busy) => [await isHeld(), await isWaitedFor()]
  expect({ busy: await seen(busy), idle: await seen(idle) }).toEqual({
    busy: [true, true],
    idle: [false, false],
  })
  await holding.release()
  await waiting
  await service.end()
  await Promise.all([busy.remove(), idle.remove()])
})
