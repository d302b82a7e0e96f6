import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.ts'
import { after, hours, seconds } from '../../src/shared/clock.ts'
import { aheadOfDatabase, CLOCKS_AGREE_WITHIN, createClockWatch } from '../../src/store/clock-watch.ts'
import { NOON } from '../support/attempts.ts'
import { collectLog } from '../support/log-lines.ts'

/** A machine and a database at noon. The machine's clock may be wrong, and the way to the database long. */
function atNoon({ wrong = 0, there = 0, back = 0, has = true } = {}) {
  let passed = 0
  const at = { wrong, there, back }
  const log = collectLog()
  const own = {
    clock: () => after(NOON, passed + at.wrong),
    monotonic: () => passed,
    log: createLogger('trace', log.destination),
  }
  const store = {
    databaseTime: async () => {
      passed += at.there
      const time = has ? NOON.getTime() + passed : null
      passed += at.back
      return time
    },
  }
  return { at, own, store, log }
}

describe('by how much a clock is ahead of the database', () => {
  test.each([
    ['agrees', {}, 0],
    ['is ahead', { wrong: seconds(60) }, seconds(60)],
    ['is behind', { wrong: -hours(1) }, -hours(1)],
    ['agrees over a slow line', { there: 1500, back: 1500 }, 0],
    ['agrees, and only the way there is slow', { there: seconds(12) }, 0],
    ['agrees, and only the way back is slow', { back: seconds(12) }, 0],
    ['is ahead for sure', { wrong: seconds(20), there: seconds(2), back: seconds(2) }, seconds(18)],
    ['has none to compare with', { has: false, wrong: hours(1) }, null],
  ])('one that %s', async (_what, terms, ahead) => {
    const { store, own } = atNoon(terms)
    expect(await aheadOfDatabase(store, own)).toBe(ahead)
  })
})

test('a clock that is set is told in the log, once, and again when it is right', async () => {
  const { at, store, own, log } = atNoon({ there: 3, back: 3 })
  const watch = createClockWatch(store, own)
  const look = async (wrong: number) => {
    at.wrong = wrong
    await watch.look()
    return { ...watch.health(), ahead: watch.ahead() }
  }
  expect(await look(CLOCKS_AGREE_WITHIN)).toMatchObject({ ok: true })
  expect(await look(CLOCKS_AGREE_WITHIN + 5)).toMatchObject({ ok: false, ahead: CLOCKS_AGREE_WITHIN + 2 })
  expect(await look(-seconds(61))).toMatchObject({ ok: false, detail: "61.0 s behind the database's" })
  expect(log.events('clock.differs')).toMatchObject([{ level: 'warn', aheadMs: CLOCKS_AGREE_WITHIN + 2 }])
  expect(await look(0)).toEqual({ ok: true, detail: "agrees with the database's", ahead: 0 })
  expect(log.events('clock.agrees')).toHaveLength(1)
})

test('the alert, the documents and the service mean the same difference', async () => {
  const text = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8')
  expect(await text('observability/alerts.yaml')).toContain(
    `abs(wauth_clock_ahead_seconds) > ${CLOCKS_AGREE_WITHIN / 1000}\n`,
  )
  expect(CLOCKS_AGREE_WITHIN).toBe(seconds(5))
  expect(await text('operations.md')).toContain('more than five seconds')
})
