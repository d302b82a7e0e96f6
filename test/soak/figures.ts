import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { vi } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { grows, trendOf, type Sample } from './trend.ts'

/** What has to stay flat: how it is written, and what one step of it is. */
const FIGURES = {
  'memory (RSS), MB': 4,
  'heap after collection, MB': 1,
  // The pool of PostgreSQL has more connections after a busy round than after a quiet one, each with a socket and a timer.
  'open files': 2,
  'sockets among them': 2,
  'timers, handles and requests of Node': 4,
} as const

type Figure = keyof typeof FIGURES
export type Reading = Record<Figure, number>

/** What the system says of a process, and what it says itself on a signal, see `tell-figures.ts`. */
export async function readFigures(pid: number, file: string): Promise<Reading> {
  await rm(file, { force: true })
  process.kill(pid, 'SIGWINCH')
  const told = await vi.waitFor(async () => JSON.parse(await readFile(file, 'utf8')) as Told, {
    timeout: seconds(30),
  })
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const names = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return {
    'memory (RSS), MB': Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    'heap after collection, MB': told.heap / 1024 ** 2,
    'open files': targets.filter(Boolean).length,
    'sockets among them': targets.filter((target) => target.startsWith('socket:')).length,
    'timers, handles and requests of Node': told.resources,
  }
}

interface Told {
  heap: number
  resources: number
}

const digits = (value: number) => value.toFixed(1).padStart(9)

/** The figures of a run in one table, and which of them have grown. The first third is left out: caches fill, code is compiled. */
export function judge(readings: readonly { at: number; reading: Reading }[]) {
  const settled = readings.slice(Math.floor(readings.length / 3))
  const rows = (Object.keys(FIGURES) as Figure[]).map((figure) => {
    const samples: Sample[] = settled.map(({ at, reading }) => ({ at, value: reading[figure] }))
    const trend = trendOf(samples)
    return { figure, trend, hasGrown: grows(trend, FIGURES[figure]) }
  })
  const lines = rows.map(
    ({ figure, trend: { first, last, growth, noise }, hasGrown }) =>
      `${figure.padEnd(38)}${[first, last, growth, noise].map(digits).join('')}  ${hasGrown ? 'GROWS' : 'flat'}`,
  )
  const head = `${''.padEnd(38)}${['first', 'last', 'growth', 'noise'].map((word) => word.padStart(9)).join('')}`
  return {
    table: [head, ...lines].join('\n'),
    grown: rows.flatMap(({ figure, hasGrown }) => (hasGrown ? [figure] : [])),
  }
}
