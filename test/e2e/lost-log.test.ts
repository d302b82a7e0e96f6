import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { spawnService } from '../support/service-process.ts'
import { lonelySetUpFor } from '../support/set-up.ts'
import { fullTerminal } from '../support/terminal.ts'
import { visit } from '../support/visit.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const run = promisify(execFile)

/** Long for a very busy machine. */
const A_MINUTE = { timeout: minutes(1) }

const setUp = lonelySetUpFor('each', { ATTEMPTS_PER_ADDRESS: '0' })
let internalUrl: string

/** Starts the service the way that `shell` says, and waits until it is ready. */
async function start(shell: string) {
  const internalPort = await freePort()
  internalUrl = `http://127.0.0.1:${internalPort}`
  const env = {
    ...{ ...setUp.env, INTERNAL_PORT: String(internalPort) },
    ...{ FOLDER: setUp.folder, PATH: process.env['PATH'] ?? '' },
  }
  const service = spawnService(env, { shell })
  onTestFinished(() => {
    service.child.kill('SIGKILL')
  })
  await vi.waitFor(async () => {
    expect(await health('/readyz')).toBe(200)
  }, A_MINUTE)
  return service
}

const health = async (path: string) =>
  (await fetch(internalUrl + path, { signal: AbortSignal.timeout(seconds(5)) })).status

const arrive = async () => (await visit(`${setUp.url}/wauth?state=opaque`)).status

/** On a busy machine whoever comes may be asked to come again. */
const arrived = () =>
  vi.waitFor(
    async () => {
      expect(await arrive()).toBe(303)
    },
    { ...A_MINUTE, interval: 200 },
  )

async function lost(): Promise<number> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text()
  return Number(/^wauth_log_lines_lost_total (\d+)$/m.exec(text)?.[1])
}

const complaints = ({ output }: { output: () => string }) => output().match(/^The log cannot be written.*$/gm)

const isJson = (line: string) => {
  try {
    return JSON.parse(line) !== null
  } catch {
    return false
  }
}

/** What a user would notice: people arrive, health answers, and a signal ends it in order. */
async function expectService({ child, ended }: ReturnType<typeof spawnService>) {
  for (let times = 0; times < 3; times++) await arrived()
  expect([await health('/livez'), await health('/readyz')]).toEqual([200, 200])
  const began = performance.now()
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
  expect(performance.now() - began).toBeLessThan(seconds(10))
}

describe('a log that cannot be written from the start on', () => {
  eachOfFirst(1)([
    { on: 'on a full disk', shell: '"$@" >/dev/full', code: 'ENOSPC' },
    { on: 'as it may only be read', shell: '"$@" 1</dev/null', code: 'EBADF' },
  ])('$on: it is counted, said once, and nothing else changes', async ({ shell, code }) => {
    const running = await start(`exec ${shell}`)
    await vi.waitFor(async () => {
      expect(await lost()).toBeGreaterThan(0)
    }, A_MINUTE)
    const before = await lost()
    await arrived()
    await vi.waitFor(async () => {
      expect(await lost()).toBeGreaterThan(before)
    }, A_MINUTE)
    await expectService(running)
    expect(complaints(running)).toEqual([expect.stringContaining(code)])
  })

  test('and standard error neither', LONG, async () => {
    const running = await start('exec "$@" >/dev/full 2>/dev/full')
    await vi.waitFor(async () => {
      expect(await lost()).toBeGreaterThan(0)
    }, A_MINUTE)
    await expectService(running)
  })

  eachOfFirst(1)([
    ['both', 'exec "$@" >&- 2>&-'],
    ['it', 'exec "$@" >&-'],
  ])(
    'started with %s closed, where Node opens /dev/null instead: nothing is lost, or in the way',
    async (_, shell) => {
      const running = await start(shell)
      expect(await lost()).toBe(0)
      await expectService(running)
    },
  )
})

describe('a log that cannot be written any more', () => {
  test('as its reader has gone: counted, and said once', async () => {
    const running = await start('exec "$@"')
    running.child.stdout.destroy()
    await vi.waitFor(async () => {
      await arrived()
      expect(await lost()).toBeGreaterThan(0)
    }, A_MINUTE)
    await expectService(running)
    expect(complaints(running)).toEqual([expect.stringContaining('EPIPE')])
  })

  test('as its reader reads nothing: a signal ends the service all the same', async () => {
    const pipe = join(setUp.folder, 'pipe')
    await run('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    const fill = () => {
      for (;;) writeSync(reader, 'x'.repeat(4096))
    }
    expect(fill).toThrow('EAGAIN')
    await expectService(await start('exec "$@" >"$FOLDER/pipe"'))
    closeSync(reader)
  })

  for (const { on, where, ...when } of [
    { on: 'its terminal', where: '', tags: ['long'] },
    { on: 'its terminal, with standard error on it, too', where: '2>&1' },
  ]) {
    test(`as nobody reads ${on}: counted, and a signal ends the service`, when, async (context) => {
      const terminal = await fullTerminal()
      if (!terminal) return context.skip('it takes Python to make a terminal')
      onTestFinished(() => {
        terminal.remove()
      })
      const running = await start(`exec "$@" >${terminal.path} ${where}`)
      while ((await lost()) === 0) await Promise.all(Array.from({ length: 200 }, arrive))
      await expectService(running)
    })
  }

  test('as it is as large as it may be, until it may be larger: written again, with what was lost', async () => {
    const file = join(setUp.folder, 'log')
    const begin = 10 * 1024 * 1024
    await writeFile(file, '')
    await truncate(file, begin)
    const running = await start('exec "$@" >>"$FOLDER/log"')
    const lines = async () => (await readFile(file)).subarray(begin).toString('utf8')
    await vi.waitFor(async () => {
      // The last line of a start: none comes between the look at the log and the limit.
      expect(await lines()).toContain('"event":"service.warm"')
    }, A_MINUTE)
    // The limit holds for every file of the process; its database is far smaller. One line will be torn.
    const limit = begin + Buffer.byteLength(await lines()) + 20
    await run('prlimit', ['--pid', String(running.child.pid), `--fsize=${limit}:`])
    await vi.waitFor(async () => {
      await arrived()
      expect(await lost()).toBeGreaterThan(2)
    }, A_MINUTE)
    await run('prlimit', ['--pid', String(running.child.pid), '--fsize=unlimited:'])
    await vi.waitFor(async () => {
      await arrived()
      expect(await lines()).toContain('"event":"log.resumed"')
    }, A_MINUTE)
    const counted = Number(/"lost":(\d+),"event":"log.resumed"/.exec(await lines())?.[1])
    expect(counted).toBe(await lost())
    await expectService(running)
    expect(await lines()).toContain('"event":"service.stopped"')
    const broken = (await lines())
      .trimEnd()
      .split('\n')
      .filter((line) => !isJson(line))
    expect(broken).toHaveLength(1)
    expect(complaints(running)).toEqual([expect.stringContaining('EFBIG')])
  })
})
