import { NO_CHANGES, type Changes } from './conditions.ts'
import type { Databases } from './database.ts'
import { simulate, type Report } from './simulate.ts'

/** What several runs have come to. */
export interface Summary {
  runs: number
  failures: Report[]
  /** Events of all runs, by their kinds. */
  counts: ReadonlyMap<string, number>
}

interface Many {
  /** The seed of the first run; each further run counts on. */
  seed: number
  changes?: Changes
  /** Asked before each run. */
  goesOn: (summary: Summary) => boolean
  /** How many lines of its story a failure brings. */
  lines?: number
}

/** One run after the other. */
export async function runMany(databases: Databases, many: Many): Promise<Summary> {
  const { seed, goesOn, changes = NO_CHANGES, lines: told } = many
  const counts = new Map<string, number>()
  const summary = { runs: 0, failures: [] as Report[], counts }
  while (goesOn(summary)) {
    const report = await simulate(seed + summary.runs, await databases.next(), { changes, told })
    summary.runs += 1
    for (const [kind, count] of report.counts) counts.set(kind, (counts.get(kind) ?? 0) + count)
    if (report.problem !== null) summary.failures.push(report)
  }
  return summary
}

/** What a failed run has to say: what happened, what was wrong, and how to have it again. */
export const storyOf = ({ seed, changes, problem, trace }: Report) =>
  `${trace.join('\n')}\n\nseed ${seed}: ${problem ?? ''}\nAgain: npm run simulate -- --seed ${seed}${flagsOf(changes)}`

const flagsOf = (changes: Changes) =>
  Object.entries(changes)
    .filter(([, wanted]) => wanted === true)
    .map(([flag]) => ` --${flag}`)
    .join('')

/** The kinds of events, one a line. */
export const listOf = ({ runs, failures, counts }: Summary) =>
  [
    `${runs} runs, ${failures.length} failed`,
    ...[...counts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kind, count]) => `${String(count).padStart(8)}  ${kind}`),
  ].join('\n')

/** Without these a simulation has proved little. */
export const MUST_HAPPEN = [
  ...['kills', 'stalls', 'clock steps', 'outages of the database', 'late answers of the database'],
  ...['wazzup: lost', 'wazzup: slow', 'wazzup: busy', 'same key again', 'links handed on'],
  ...[
    'late keys',
    'keys that wait for the database',
    'reconnects',
    'moves',
    'take-overs',
    'disconnects',
    'keys that died',
  ],
] as const

/** The same of runs under which things change. */
export const MUST_CHANGE = [
  ...['rotations in two rounds', 'rotations in one round', 'rotations that are refused'],
  ...['values that are re-sealed', 'starts that are refused'],
  ...['migrations', 'clock steps', 'kills'],
] as const
