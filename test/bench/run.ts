/** `npm run bench`: measures the service against what it could at best be. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabases } from './databases/databases.ts'
import { writeFigures } from './document.ts'
import { table } from './print.ts'
import { runBenchmark, type Line } from './run-benchmark.ts'
import { FULL, QUICK } from './scale.ts'
import { readSeen, writeSeen } from './seen.ts'
import { BENCHMARKS } from './table.ts'

const { values: options, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
if (options.quick && options.write)
  throw new Error('--quick measures too little to be written down: leave out one of the two')

const chosen = BENCHMARKS.filter(
  ({ name, onlyFull }) =>
    !(options.quick && onlyFull) &&
    (positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()))),
)
const tell = (doing: string) => process.stderr.write(`… ${doing}\n`)
const folder = await mkdtemp(join(tmpdir(), 'wauth-bench-'))
const databases = createDatabases(folder, tell)
const lines: Line[] = []
try {
  for (const benchmark of chosen) {
    tell(benchmark.name)
    const told = await runBenchmark(benchmark, { scale: options.quick ? QUICK : FULL, databases, folder })
    lines.push(...told)
    // At once, so that a run that is broken off keeps what it has measured.
    if (options.write) writeSeen(told, new Date())
    if (!options.json) process.stdout.write(`${table(told)}\n`)
  }
} finally {
  await databases.close()
  await rm(folder, { recursive: true, force: true })
}
if (options.write) writeFigures(BENCHMARKS, readSeen())
if (options.json) process.stdout.write(`${JSON.stringify({ quick: options.quick, lines }, null, 2)}\n`)
