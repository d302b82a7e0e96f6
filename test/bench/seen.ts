import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import { z } from 'zod'
import type { Line } from './run-benchmark.ts'

const FILE = new URL('./seen.json', import.meta.url)

const summary = z.strictObject({ median: z.number(), low: z.number(), high: z.number() })

const schema = z.record(
  z.string(),
  z.strictObject({
    /** RFC 3339, in UTC. */
    at: z.iso.datetime(),
    commit: z.string(),
    machine: z.string(),
    /** Processes that wanted to run when the benchmark began: over the minute before, its own preparations among them. */
    load: z.number(),
    figures: z.record(
      z.string(),
      z.strictObject({ subjectIs: summary, baselineIs: summary, ratio: summary }),
    ),
  }),
)

/** What each benchmark has shown when it was last written down, by its name. */
export type Seen = z.infer<typeof schema>

export const readSeen = (): Seen => schema.parse(JSON.parse(readFileSync(FILE, 'utf8')))

/** Where it is measured, as a reader wants to compare it with a machine of theirs. */
function machine(): string {
  const [{ model } = { model: 'unknown' }, ...others] = cpus()
  const cores = `${others.length + 1} × ${model.trim()}`
  return `${cores}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()}, Node ${process.version.slice(1)}`
}

/** The commit, with a mark when the files are not the commit's. */
function commit(): string {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', 'src', 'migrations', 'package.json')
  return git('rev-parse', '--short=10', 'HEAD') + (changed ? ' and changes' : '')
}

/** Puts what was measured now in the place of what was seen before. What was skipped leaves it there. */
export function writeSeen(lines: readonly Line[], at: Date): void {
  const measured = lines.flatMap((line) => ('skipped' in line ? [] : [line]))
  const [first] = measured
  if (!first) return
  const figures = Object.fromEntries(
    measured.map(({ figure, subjectIs, baselineIs, ratio }) => [figure, { subjectIs, baselineIs, ratio }]),
  )
  const entry = {
    at: at.toISOString(),
    commit: commit(),
    machine: machine(),
    load: loadavg()[0] ?? 0,
    figures,
  }
  const seen = { ...readSeen(), [first.benchmark]: entry }
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  writeFileSync(FILE, `${JSON.stringify(seen, rounded, 2)}\n`)
}
