import { expect, inject, test } from 'vitest'
import { connectorAtHand } from '../support/connector.ts'
import { ask } from '../support/internal-at-hand.ts'
import { minutes } from '../../src/shared/clock.ts'
import { LONG } from '../support/long.ts'

const isServer = inject('engine') === 'postgres'

/** The service, a look at its health, and its clock. */
async function start() {
  const connector = await connectorAtHand()
  const clock = async () => {
    const { status, body } = await ask({ url: connector.internalUrl }, '/readyz')
    const metrics = await (await fetch(`${connector.internalUrl}/metrics`)).text()
    const { parts } = body as { parts: Record<string, { ok: boolean; detail: string }> }
    const ahead = Number(/^wauth_clock_ahead_seconds (\S+)$/m.exec(metrics)?.[1])
    return { status, ...parts['clock'], ahead: Math.round(ahead) + 0 }
  }
  return { connector, clock }
}

for (const { by, ...when } of [{ by: 1, ...LONG }, { by: -20 }])
  test.skipIf(!isServer)(
    `a clock that is set by ${by} min is told in health, metrics and log, and the service stays ready`,
    when,
    async () => {
      const { connector, clock } = await start()
      expect(await clock()).toMatchObject({ status: 200, ok: true, ahead: 0 })
      connector.setClock(minutes(by))
      const detail = expect.stringMatching(
        by > 0 ? /s ahead of the database's$/ : /s behind the database's$/,
      ) as string
      await expect.poll(clock).toEqual({ status: 200, ok: false, detail, ahead: by * 60 })
      expect(connector.log.events('clock.differs')).toMatchObject([{ level: 'warn' }])
      connector.setClock(-minutes(by))
      await expect.poll(clock).toMatchObject({ status: 200, ok: true, ahead: 0 })
    },
  )

test.skipIf(isServer)('on SQLite there is no other clock, whatever this one says', async () => {
  const { connector, clock } = await start()
  connector.setClock(minutes(1))
  expect(await clock()).toEqual({ status: 200, ok: true, detail: 'nothing to compare with', ahead: 0 })
})
