import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { atHand, sourceOf } from './freshly-built.ts'
import { compileCache, onlyLoopback } from './service-process.ts'

export interface CommandOptions {
  env?: Record<string, string>
  /** The folder in which it is run. */
  cwd?: string
  /** What is written to its standard input, which is closed then. */
  stdin?: string
  /** Told of everything it writes, as it comes. */
  onOutput?: (child: ChildProcessWithoutNullStreams, output: string) => void
}

/** Runs `wauth …` as a process of its own, as an operator's script would. */
export async function wauth(
  args: readonly string[],
  { env = {}, cwd, stdin = '', onOutput }: CommandOptions = {},
) {
  const command = env['NODE_OPTIONS'] === undefined ? atHand('cli/wauth') : sourceOf('cli/wauth')
  const child = spawn(process.execPath, [...onlyLoopback, command, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...compileCache, ...env },
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      said[name] += chunk.toString('utf8')
      onOutput?.(child, said[name])
    })
  }
  child.stdin.on('error', () => undefined).end(stdin)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, ...said }
}
