import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import type { ServiceProcess } from './service-process.ts'

const HOLD = fileURLToPath(new URL('./hold-sockets.ts', import.meta.url))
const MEGABYTE = 1024 * 1024

/** Holds sockets from a process of its own, see `hold-sockets.ts` for the kinds. Resolves when all are connected. */
export async function holdSockets(port: number, count: number, kind: string): Promise<void> {
  const child = spawn(process.execPath, [HOLD, String(port), String(count), kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.stdin.destroy()
  })
  await once(child.stdout, 'data')
}

/** What the system says of a process. Only anonymous memory: pages of the program's file are shared with others. */
async function usedBy({ child: { pid } }: Pick<ServiceProcess, 'child'>) {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8')
  const kilobytes = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1])
  return { memory: kilobytes * 1024, files: (await readdir(`/proc/${String(pid)}/fd`)).length }
}

/** Asked on a connection of its own, as by somebody who has just come. */
async function askHonestly(url: string): Promise<number> {
  const began = performance.now()
  const { status } = await fetch(url, { headers: { connection: 'close' } })
  expect(status).toBe(200)
  return performance.now() - began
}

/**
 * Holds so many sockets, and sees what is promised: within 20 s they are gone, an honest request is answered within
 * a second then, memory has grown by so many megabytes at most, and the service stops within three seconds.
 */
export async function expectToOutlive(
  service: ServiceProcess,
  url: string,
  hold: () => Promise<unknown>,
  mostGrowth = 100,
) {
  await askHonestly(url)
  const before = await usedBy(service)
  let most = before.memory
  await hold()
  const held = performance.now()
  await expect
    .poll(
      async () => {
        const { memory, files } = await usedBy(service)
        most = Math.max(most, memory)
        return files
      },
      { interval: 200, timeout: seconds(20) },
    )
    // A connection of the honest may be open, too.
    .toBeLessThanOrEqual(before.files + 5)
  expect(performance.now() - held).toBeLessThan(seconds(20))
  // Something else on the machine may hold up one of them.
  await expect.poll(() => askHonestly(url), { timeout: seconds(20) }).toBeLessThan(seconds(1))
  expect((most - before.memory) / MEGABYTE).toBeLessThan(mostGrowth)
}

export async function expectToStopInTime(service: ServiceProcess): Promise<void> {
  const began = performance.now()
  expect(await service.stop()).toEqual({ code: 0, signal: null })
  expect(performance.now() - began).toBeLessThan(seconds(3))
  expect(service.output()).toMatch(/"complete":true,"event":"service.stopped"/)
}
