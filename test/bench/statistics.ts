/** The value below which the share `q` of the sample lies, from 0 to 1; the sample may be in any order. */
export function quantile(sample: readonly number[], q: number): number {
  const sorted = [...sample].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (below === undefined || above === undefined) return NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** Its middle, and the borders of its middle half: what a few disturbed rounds cannot move. */
export interface Summary {
  median: number
  low: number
  high: number
}

export const summary = (sample: readonly number[]): Summary => ({
  median: quantile(sample, 0.5),
  low: quantile(sample, 0.25),
  high: quantile(sample, 0.75),
})
