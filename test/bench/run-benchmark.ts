import type { Bench, Benchmark, Contenders, Figure, Target } from './benchmark.ts'
import { summary, type Summary } from './statistics.ts'

/** One line of what is told. */
export type Line = Pick<Benchmark, 'subject' | 'baseline'> & {
  benchmark: string
  figure: string
  unit: string
  target: Target | null
} & ({ skipped: string } | Measured)

interface Measured {
  subjectIs: Summary
  baselineIs: Summary
  /** Of each pair of rounds, subject ÷ baseline. */
  ratio: Summary
  /** Null where there is no target. */
  met: boolean | null
}

/** Measures both in turns, and the other one first in every second pair: what drifts hits both alike. */
export async function runBenchmark(benchmark: Benchmark, bench: Bench): Promise<Line[]> {
  const prepared = await benchmark.prepare(bench)
  if ('skipped' in prepared)
    return benchmark.figures.map((figure) => ({ ...head(benchmark, figure), ...prepared }))
  const pairs: Pair[] = []
  try {
    for (let i = 0; i < bench.scale.pairs[benchmark.pairs]; i++)
      pairs.push(await pairOf(prepared, i % 2 === 1))
  } finally {
    await prepared.close()
  }
  return benchmark.figures.map((figure) => ({ ...head(benchmark, figure), ...compare(figure, pairs) }))
}

type Pair = Record<'subject' | 'baseline', Record<string, number>>

async function pairOf({ subject, baseline }: Contenders, baselineFirst: boolean): Promise<Pair> {
  if (!baselineFirst) return { subject: await subject(), baseline: await baseline() }
  const first = await baseline()
  return { subject: await subject(), baseline: first }
}

const head = ({ name, subject, baseline }: Benchmark, { name: figure, unit, target }: Figure) => ({
  ...{ benchmark: name, subject, baseline, figure, unit },
  target: target ?? null,
})

function compare({ name, target }: Figure, pairs: readonly Pair[]): Measured {
  const of = (who: keyof Pair) => pairs.map((pair) => pair[who][name] ?? NaN)
  const [subjects, baselines] = [of('subject'), of('baseline')]
  const ratios = subjects.map((value, i) => value / (baselines[i] ?? NaN))
  const told = { subjectIs: summary(subjects), baselineIs: summary(baselines), ratio: summary(ratios) }
  return { ...told, met: target ? meets(target, told) : null }
}

/** Whether the middle of what was measured keeps to the target. */
export function meets(target: Target, { ratio, subjectIs }: Pick<Measured, 'ratio' | 'subjectIs'>): boolean {
  const { median } = target.of === 'ratio' ? ratio : subjectIs
  return 'atLeast' in target ? median >= target.atLeast : median <= target.atMost
}
