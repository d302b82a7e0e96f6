import type { Benchmark } from './benchmark.ts'
import { changes } from './benchmarks/changes.ts'
import { commands } from './benchmarks/command.ts'
import { deliveries } from './benchmarks/deliveries.ts'
import { image } from './benchmarks/image.ts'
import { installs } from './benchmarks/install.ts'
import { lookUpHttp } from './benchmarks/look-up-http.ts'
import { lookUpInProcess } from './benchmarks/look-up-in-process.ts'
import { start } from './benchmarks/start.ts'
import { uploads } from './benchmarks/upload.ts'

/** Everything that is measured, in the order in which it is told. */
export const BENCHMARKS: readonly Benchmark[] = [
  ...lookUpHttp,
  ...lookUpInProcess,
  ...installs,
  ...uploads,
  ...changes,
  ...deliveries,
  start,
  ...commands,
  image,
]
