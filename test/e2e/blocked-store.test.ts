import Database from 'better-sqlite3'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { lonelySetUpFor, serviceAtHand } from '../support/set-up.ts'
import { visit } from '../support/visit.ts'
import { LONG } from '../support/long.ts'

interface Blockable {
  url: string
  /** Has another process hold what the service needs, until that is let go. */
  block: () => Promise<() => unknown>
  remove: () => Promise<unknown>
}

const engines: Record<string, (folder: string) => Promise<Blockable>> = {
  async sqlite(folder) {
    const path = join(folder, 'wauth.db')
    const block = async () => {
      const other = new Database(path)
      other.exec('BEGIN EXCLUSIVE')
      return () => other.close()
    }
    return { url: `file:${path}`, block, remove: async () => null }
  },
  async postgres() {
    const { url, hold, remove } = await testDatabase()
    const block = async () => {
      const held = await hold('LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE')
      return () => held.release()
    }
    return { url, block, remove }
  },
}

describe.each(Object.keys(engines))('a store that is blocked: %s', (engine) => {
  const setUp = lonelySetUpFor('each', { INTERNAL_TOKEN: TOKEN })
  let database: Blockable
  let service: ServiceProcess

  beforeEach(async () => {
    const opened = await engines[engine]?.(setUp.folder)
    if (!opened) throw new Error(`no engine ${engine}`)
    database = opened
    onTestFinished(async () => {
      await database.remove()
    })
    service = await serviceAtHand({ ...setUp.env, DATABASE_URL: database.url })
  })

  const arrive = () => visit(`${setUp.url}/wauth?state=opaque`)
  const readiness = async () => {
    const answer = await fetch(`${service.internalUrl}/readyz`)
    return { status: answer.status, body: (await answer.json()) as { parts: { store: { ok: boolean } } } }
  }

  test('not ready, alive all the time, 503 for people, and served again afterwards', async () => {
    expect((await readiness()).status).toBe(200)
    const release = await database.block()
    const arrivals = Array.from({ length: 20 }, arrive)
    const answered = new AbortController()
    const settled = Promise.all(arrivals).finally(() => {
      answered.abort()
    })
    const took: number[] = []
    while (!answered.signal.aborted) {
      const began = performance.now()
      expect((await fetch(`${service.internalUrl}/livez`)).status).toBe(200)
      took.push(performance.now() - began)
    }
    for (const { status, headers } of await settled) {
      expect(status).toBe(503)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    // Twenty waits of two seconds, one behind the other, would be forty.
    expect(Math.max(...took)).toBeLessThan(seconds(1.5))
    const blocked = await readiness()
    expect(blocked).toMatchObject({ status: 503, body: { parts: { store: { ok: false } } } })
    await release()
    await vi.waitFor(
      async () => {
        expect((await readiness()).status).toBe(200)
      },
      { timeout: 30_000 },
    )
    expect((await arrive()).status).toBe(303)
    expect(service.output()).not.toContain('"problem":"internal"')
  })

  test(
    'keys are still looked up, and a signal ends the service in time',
    engine === 'sqlite' ? {} : LONG,
    async () => {
      const release = await database.block()
      expect((await lookUp({ url: service.internalUrl }, 'unknown-key')).status).toBe(404)
      const waiting = arrive().catch(() => null)
      const began = performance.now()
      expect(await service.stop()).toEqual({ code: 0, signal: null })
      expect(performance.now() - began).toBeLessThan(seconds(10))
      await waiting
      await release()
    },
  )
})
