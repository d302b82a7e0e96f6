import { readFileSync, writeFileSync } from 'node:fs'
import { replaceBlock } from '../../src/config/document-block.ts'
import type { Benchmark, Figure, Target } from './benchmark.ts'
import { aim, short, spread } from './print.ts'
import { meets } from './run-benchmark.ts'
import type { Seen } from './seen.ts'

type Row = readonly string[]

const markdown = (rows: readonly Row[]) => `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`

function figureRow({ name, unit, target }: Figure, seen: Seen[string]): Row[] {
  const told = seen.figures[name]
  if (!told) return []
  const ratio = spread(told.ratio)
  const missed = target && !meets(target, told)
  const bound = aim(target ?? null) + (target?.of === 'subject' ? ` ${unit}` : '')
  const bold = (text: string, of: Target['of']) => (missed && target.of === of ? `**${text}**` : text)
  const subject = bold(`${spread(told.subjectIs)} ${unit}`, 'subject')
  return [[name, bound, bold(ratio, 'ratio'), subject, `${spread(told.baselineIs)} ${unit}`]]
}

/** Every figure with its spread and target: what misses it is bold. */
function figures(benchmarks: readonly Benchmark[], seen: Seen): string {
  const rows = benchmarks.flatMap((benchmark) => {
    const entry = seen[benchmark.name]
    if (!entry) return []
    const words = `**${benchmark.name}**: ${benchmark.subject} ÷ ${benchmark.baseline} (${entry.at.slice(0, 10)})`
    return [[words], ...benchmark.figures.flatMap((figure) => figureRow(figure, entry))]
  })
  return markdown([['Figure', 'Target', 'Ratio', 'Subject', 'Baseline'], Array(5).fill('---'), ...rows])
}

/** Where and of which commit it was measured, and the load of the machine at the time: one line for each pair of them. */
function machines(benchmarks: readonly Benchmark[], seen: Seen): string {
  const entries = benchmarks.flatMap(({ name }) => seen[name] ?? [])
  const places = Map.groupBy(entries, ({ machine, commit }) => `${machine}; commit ${commit}`)
  const lines = Array.from(places, ([place, all]) => {
    const loads = all.map(({ load }) => load)
    const load = [...new Set([Math.min(...loads), Math.max(...loads)].map(short))].join('–')
    return `- ${all.length} ${all.length === 1 ? 'benchmark' : 'benchmarks'} on ${place}, load ${load}\n`
  })
  return lines.join('')
}

/** What one process does, for who plans with it: a benchmark and a figure of it for each engine. */
const CAPACITY: readonly { words: string; figure: string; sqlite: string; postgres?: string }[] = [
  {
    words: 'look-ups by HTTP, 1 000 connections',
    figure: 'look-ups',
    sqlite: 'Look-up over HTTP, SQLite, few connections',
    postgres: 'Look-up over HTTP, PostgreSQL, few connections',
  },
  {
    words: 'look-ups by HTTP, 1 000 000 connections',
    figure: 'look-ups',
    sqlite: 'Look-up over HTTP, SQLite, many connections',
    postgres: 'Look-up over HTTP, PostgreSQL, many connections',
  },
  { words: 'installs, eight customers at a time', figure: 'installs', sqlite: 'Install' },
  {
    words: 'contacts of an upload, without Wazzup’s limit',
    figure: 'contacts',
    sqlite: 'Upload without a rate limit',
  },
  { words: 'changes, the same', figure: 'contacts', sqlite: 'Changes without a rate limit' },
  { words: 'events', figure: 'events', sqlite: 'Deliveries' },
  { words: 'memory when idle', figure: 'resident memory, idle', sqlite: 'Start' },
]

function capacity(benchmarks: readonly Benchmark[], seen: Seen): string {
  const unitOf = (name: string, figure: string) =>
    benchmarks.find((one) => one.name === name)?.figures.find((one) => one.name === figure)?.unit ?? ''
  const cell = (figure: string, name?: string) => {
    const told = name && seen[name]?.figures[figure]
    return told ? `${short(told.subjectIs.median)} ${unitOf(name, figure)}` : ''
  }
  const rows = CAPACITY.map((row) => [
    row.words,
    cell(row.figure, row.sqlite),
    cell(row.figure, row.postgres),
  ])
  return markdown([['Work of one process', 'SQLite', 'PostgreSQL'], Array(3).fill('---'), ...rows])
}

const BLOCKS = [
  { document: 'docs/benchmarks.md', name: 'machines', render: machines },
  { document: 'docs/benchmarks.md', name: 'figures', render: figures },
  { document: 'docs/scaling.md', name: 'capacity', render: capacity },
]

/** The pages that have figures of the benchmarks. */
export const DOCUMENTS_WITH_FIGURES: readonly string[] = [...new Set(BLOCKS.map(({ document }) => document))]

/** The text of a page with its figures as they were last seen. */
export const withFigures = (document: string, benchmarks: readonly Benchmark[], seen: Seen): string =>
  BLOCKS.filter((block) => block.document === document).reduce(
    (text, { name, render }) => replaceBlock(text, name, render(benchmarks, seen)),
    readFileSync(fileOf(document), 'utf8'),
  )

/** Puts what was seen into the pages. */
export function writeFigures(benchmarks: readonly Benchmark[], seen: Seen): void {
  for (const document of DOCUMENTS_WITH_FIGURES)
    writeFileSync(fileOf(document), withFigures(document, benchmarks, seen))
}

const fileOf = (document: string) => new URL(`../../${document}`, import.meta.url)
