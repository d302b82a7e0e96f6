/** A figure at a moment, in seconds. */
export interface Sample {
  at: number
  value: number
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

export interface Trend {
  first: number
  last: number
  /** By how much it has grown from the first sample to the last, by the median of the slopes of all pairs (Theil and Sen). */
  growth: number
  /** How far a sample usually lies from that line: the median distance, as a standard deviation. */
  noise: number
}

/** @param samples in the order of time, two or more */
export function trendOf(samples: readonly Sample[]): Trend {
  const slopes = samples.flatMap((from, index) =>
    samples.slice(index + 1).map((to) => (to.value - from.value) / (to.at - from.at)),
  )
  const slope = median(slopes)
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || first === last) throw new Error('two samples are the least')
  const level = median(samples.map(({ at, value }) => value - slope * at))
  const distances = samples.map(({ at, value }) => Math.abs(value - level - slope * at))
  return {
    ...{ first: first.value, last: last.value, growth: slope * (last.at - first.at) },
    noise: 1.4826 * median(distances),
  }
}

/** Whether it has grown by more than chance does. `step`: what one thing more or less of the kind is, however quiet the rest. */
export const grows = ({ growth, noise }: Trend, step: number): boolean => growth > 3 * Math.max(noise, step)
