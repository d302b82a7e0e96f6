import type { Databases } from './databases/databases.ts'
import type { Scale } from './scale.ts'

/** What one short round has measured, by the names of the figures. */
export type Round = () => Promise<Record<string, number>>

/** Two that are measured in turns. */
export interface Contenders {
  subject: Round
  baseline: Round
  close(): Promise<void>
}

export interface Figure {
  name: string
  unit: string
  /** What has to hold; a figure without is only told. */
  target?: Target
}

/** Of the ratio subject ÷ baseline, or of the subject alone. */
export type Target = { of: 'ratio' | 'subject' } & ({ atLeast: number } | { atMost: number })

export interface Benchmark {
  name: string
  /** Who is measured, and against whom: in words that a reader can check. */
  subject: string
  baseline: string
  figures: readonly Figure[]
  /** Pairs of rounds. */
  pairs: keyof Scale['pairs']
  /** Of the size alone: in a quick run it would prove nothing that another one does not. */
  onlyFull?: true
  /** Makes both ready, warmed up; or says why it cannot be measured here. */
  prepare(bench: Bench): Promise<Contenders | { skipped: string }>
}

/** What a benchmark is prepared with. */
export interface Bench {
  scale: Scale
  databases: Databases
  /** A folder that goes when everything has been measured. */
  folder: string
}
