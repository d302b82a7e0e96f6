import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { minutes } from '../../../src/shared/clock.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import { connected, identified, keyFor, newExchange, NOON, shownNow } from '../../support/attempts.ts'
import { storeTime } from '../../support/store-time.ts'
import { tempDir } from '../../support/temp-dir.ts'

test('a start ends what the process before had taken, and does not hurry what waits for the end of a grace', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const { time, setTime } = storeTime()
  await setTime(NOON)
  const open = () => openSqliteStore(join(folder.path, 'wauth.db'), { ...time, keepsLeases: true })
  const before = await open()
  // From one Wazzup account to another: the older one's webhooks end with its grace.
  for (const wazzupAccountId of ['1', '2']) {
    const attempt = await identified(before, 'acme', { wazzupAccountId })
    const claim = await before.exchanges.claim(newExchange(attempt, await shownNow(before, 'acme')))
    if (claim.kind !== 'claimed') throw new Error('expected a claim')
    await before.exchanges.record(keyFor(claim.exchange, `key-${wazzupAccountId}`))
  }
  await connected(before, 'nordwind', 'key-3')
  const taken = { runner: 'operator', lease: minutes(2) }
  await before.connections.disconnect('nordwind', { ...OPERATOR, taken }, NOON)
  await before.close()
  const next = await open()
  const claims = []
  for (const runner of ['a', 'b']) claims.push(await next.switchOffs.claimDue({ runner, lease: minutes(2) }))
  expect(claims).toMatchObject([{ crmAccountId: 'nordwind', cause: 'disconnected' }, null])
  await next.close()
})
