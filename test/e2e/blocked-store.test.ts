import Database from 'better-sqlite3'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { seconds } from '../../src/shared/clock.ts'
import { serviceEnvironment } from '../support/connector.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { startProcess, type ServiceProcess } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'

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
  let folder: Awaited<ReturnType<typeof tempDir>>
  let database: Blockable
  let service: ServiceProcess
  let url: string

  beforeEach(async () => {
    folder = await tempDir()
    const opened = await engines[engine]?.(folder.path)
    if (!opened) throw new Error(`no engine ${engine}`)
    database = opened
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    service = await startProcess({
      ...serviceEnvironment(url, port, folder.path),
      ...{ DATABASE_URL: database.url, INTERNAL_TOKEN: TOKEN, CRM_NAME: 'Acme' },
      ...{ WAZZUP_CRM_CODE: 'acme-crm', WAZZUP_SECRET: 'a-long-enough-module-secret' },
      ...{ LOGIN: 'handoff', HANDOFF_LOGIN_URL: 'http://127.0.0.1:1/login', HANDOFF_ISSUER: 'acme' },
      HANDOFF_SECRET: 'a-secret-of-at-least-32-bytes-for-hs256',
    })
  })
  afterEach(async () => {
    await service.stop('SIGKILL')
    await database.remove()
    await folder.remove()
  })

  const arrive = () => fetch(`${url}/wauth?state=opaque`, { redirect: 'manual' })
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

  test('keys are still looked up, and a signal ends the service in time', async () => {
    const release = await database.block()
    expect((await lookUp({ url: service.internalUrl }, 'unknown-key')).status).toBe(404)
    const waiting = arrive().catch(() => null)
    const began = performance.now()
    expect(await service.stop()).toEqual({ code: 0, signal: null })
    expect(performance.now() - began).toBeLessThan(seconds(10))
    await waiting
    await release()
  })
})
