import { randomBytes } from 'node:crypto'
import { test } from 'vitest'
import { behindFrailLine } from './behind-frail-line.ts'

const user = `service_${randomBytes(6).toString('hex')}`
const { database, install, expectAway, expectBack } = behindFrailLine({ user })

test('a role that may have no more connections: 503 in time, and served again', async () => {
  const crmKey = await install()
  await database.query(`ALTER ROLE ${user} CONNECTION LIMIT 0`)
  await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`)
  await expectAway(crmKey)
  await database.query(`ALTER ROLE ${user} CONNECTION LIMIT 100`)
  await expectBack(crmKey)
})
