import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { BENCHMARKS } from './table.ts'

const LONG = { tags: ['long'], timeout: 900_000 }

const RUN = new URL('./run.ts', import.meta.url).pathname

test('the quick run of the benchmarks measures every figure, or says why it cannot', LONG, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--json'])
  const { lines } = JSON.parse(stdout) as {
    lines: { benchmark: string; figure: string; ratio?: { median: number } }[]
  }
  const told = lines.map(({ benchmark, figure }) => `${benchmark}: ${figure}`)
  const quick = BENCHMARKS.filter(({ onlyFull }) => onlyFull !== true)
  const wanted = quick.flatMap(({ name, figures }) => figures.map((figure) => `${name}: ${figure.name}`))
  expect(told).toEqual(wanted)
  // Whether a target is met says nothing here: so short a run on a busy machine proves only that it works.
  for (const line of lines) {
    if ('skipped' in line) expect(line.skipped).toBe('not installed: npm ci --prefix test/bench/alternatives')
    else expect(line.ratio?.median).toBeGreaterThan(0)
  }
})
