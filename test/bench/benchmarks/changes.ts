import type { Benchmark } from '../benchmark.ts'
import { round, startCrm } from './upload.ts'

const changesOf = (name: string, more: Record<string, string>): Benchmark => ({
  name,
  subject: 'the worker of changes: opens what waits, judges, sends, erases and writes down, on SQLite',
  baseline: 'the upload of the same rows, which reads them from the CRM',
  figures: [
    { name: 'contacts', unit: '/s', target: { of: 'ratio', atLeast: 0.7 } },
    { name: 'its processor time for 1 000', unit: 'ms' },
    { name: 'memory growth', unit: 'MB' },
  ],
  pairs: 'long',
  async prepare(bench) {
    const sandbox = await startCrm(bench)
    return {
      subject: round(sandbox, { ...more, WAY: 'changes' }, bench),
      baseline: round(sandbox, more, bench),
      close: () => sandbox.stop(),
    }
  },
})

export const changes: readonly Benchmark[] = [
  changesOf('Changes without a rate limit', {}),
  changesOf("Changes at Wazzup's limit", { AT_LIMIT: 'yes' }),
]
