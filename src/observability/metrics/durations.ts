import type { Metric, Registry } from './prometheus.ts'

/** What is measured, and the upper bounds of its buckets, in seconds. */
interface Measured {
  name: string
  help: string
  buckets: readonly number[]
}

/** How long something with these labels took, in seconds. */
type Observe = (took: number) => void

interface Series {
  labels: Record<string, string>
  /** By bucket; the last one is for what is above all bounds. */
  counts: number[]
  sum: number
}

/**
 * A histogram in the library's registry. The library's own makes a text of all labels for each value, which takes as long as a
 * tenth of a look-up; here that is done when somebody reads it.
 * @returns for labels what takes their values, the same for the same labels
 */
export function durations(
  registry: Registry,
  { name, help, buckets }: Measured,
): (labels: Record<string, string>) => Observe {
  const all = new Map<string, Series>()
  const get = () =>
    Promise.resolve({ name, help, type: 'histogram', values: [...all.values()].flatMap(valuesOf) })

  const valuesOf = ({ labels, counts, sum }: Series) => {
    let count = 0
    const upTo = [...buckets, '+Inf'].map((le, i) => {
      count += counts[i] ?? 0
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count }
    })
    return [
      ...upTo,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }

  registry.registerMetric({ name, get } as unknown as Metric)
  return (labels) => {
    const key = JSON.stringify(labels)
    const series = all.get(key) ?? { labels, counts: [...buckets, Infinity].map(() => 0), sum: 0 }
    all.set(key, series)
    return (took) => {
      let bucket = 0
      while (took > (buckets[bucket] ?? Infinity)) bucket += 1
      series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
      series.sum += took
    }
  }
}
