import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

/** Where this machine has the tool that comes with Prometheus. */
export const promtool: string | undefined = installed('promtool')

const RULES = fileURLToPath(new URL('../../docs/observability/alerts.yaml', import.meta.url))

/** Series by name and labels, with their values in promtool's short form: `0+10x60` grows by 10 in each step. */
export type Series = Record<string, string>

export interface Watched {
  series: Series
  /** How long Prometheus watches, in minutes. */
  minutes: number
  /** Minutes from one scrape, and one look at the rules, to the next. */
  every: number
}

const run = async (...args: string[]) => {
  const { stdout, stderr } = await promisify(execFile)(promtool ?? '', args).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error) return error
    throw error
  })
  return `${String(stdout)}${String(stderr)}`
}

/** What Prometheus says of the rules as it reads them. */
export const readRules = () => run('check', 'rules', '--lint-fatal', RULES)

/** The alerts that have fired by the end, in the order of the alphabet. */
export async function firedIn({ series, minutes, every }: Watched): Promise<string[]> {
  const folder = await tempDir()
  const file = join(folder.path, 'tests.yaml')
  const fired = `group by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${minutes}m]))`
  const test = {
    interval: `${every}m`,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    // Nothing is expected, so that promtool says what there is instead.
    promql_expr_test: [{ expr: fired, eval_time: `${minutes}m`, exp_samples: [] }],
  }
  try {
    // JSON is YAML.
    const tests = { rule_files: [RULES], evaluation_interval: `${every}m`, tests: [test] }
    await writeFile(file, JSON.stringify(tests))
    const said = await run('test', 'rules', file)
    if (!/SUCCESS|got:/.test(said)) throw new Error(said)
    return [...said.matchAll(/{alertname="(\w+)"}/g)].map(([, name = '']) => name).sort()
  } finally {
    await folder.remove()
  }
}
