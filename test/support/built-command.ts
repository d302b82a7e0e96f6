import { execFile, spawn } from 'node:child_process'
import { mkdir, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { once } from 'node:events'
import { isFresh, PROJECT } from './freshly-built.ts'
import { compileCache, onlyLoopback } from './service-process.ts'

const BUILT = join(PROJECT, 'dist/cli/wauth.js')
const LOCK = join(PROJECT, 'node_modules/.wauth-test-build')
const run = promisify(execFile)

/** Milliseconds for a hook that waits for `builtCommand`. */
export const BUILDING = 300_000

let built: Promise<string> | undefined

/** The built `wauth`, as it is installed. `npm run check` has built it just before; else it is built here, once. */
export const builtCommand = (): Promise<string> => (built ??= findOrBuild())

async function findOrBuild(): Promise<string> {
  while (!isFresh()) {
    if (await taken()) await build().finally(() => rmdir(LOCK))
    // Another test file is building it, or was when somebody ended it.
    else if (Date.now() - (await lockedAt()) > BUILDING) await rmdir(LOCK).catch(() => undefined)
    else await pause(200)
  }
  return BUILT
}

const taken = () =>
  mkdir(LOCK).then(
    () => true,
    () => false,
  )

/** When the build began that somebody else is making. */
const lockedAt = () =>
  stat(LOCK).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  )

/** As `npm run build`, which empties the folder first: others may be running what is in it. Types are checked elsewhere. */
async function build(): Promise<void> {
  const program = (path: string) => join(PROJECT, 'node_modules', path)
  const options = { cwd: PROJECT }
  await run(process.execPath, [program('rolldown/bin/cli.mjs'), '--config', '--logLevel', 'silent'], options)
  const tsc = program('typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], options)
  await run(process.execPath, ['test/supply-chain/sbom.ts'], options)
}

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  env: Record<string, string>
  /** No `.env` is there by accident. */
  cwd: string
}

/** Runs the built command without a terminal, as a script or CI does. */
export async function runWauth(args: string[], { env, cwd }: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, [...onlyLoopback, await builtCommand(), ...args], {
    ...{ env: { ...compileCache, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

/** Ways to give a command a terminal of its own; the first that this machine has is used. */
const TERMINALS: readonly ((words: readonly string[]) => [command: string, args: string[]])[] = [
  (words) => ['script', ['-qec', words.map(quoted).join(' '), '/dev/null']],
  (words) => [
    'python3',
    ['-c', 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))', ...words],
  ],
]

async function terminalFor(words: readonly string[], env: Record<string, string>) {
  for (const terminal of TERMINALS) {
    const [command, args] = terminal(words)
    const there = await run(command, ['--version'], { env }).then(
      () => true,
      () => false,
    )
    if (there) return [command, args] as const
  }
  throw new Error('neither script (util-linux) nor python3 is here to make a terminal')
}

/** Runs the built command on a real terminal and presses the keys of `answer` once it has asked. Both streams come as one there. */
export async function runOnTerminal(args: string[], { env, cwd }: RunOptions, answer: string) {
  const words = [process.execPath, ...onlyLoopback, await builtCommand(), ...args]
  const environment = { PATH: process.env['PATH'] ?? '', ...compileCache, ...env }
  const [command, terminalArgs] = await terminalFor(words, environment)
  const child = spawn(command, terminalArgs, { env: environment, cwd, stdio: 'pipe' })
  let screen = ''
  let answered = false
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8')
    if (answered || !screen.includes('[y/N]')) return
    answered = true
    child.stdin.write(answer)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, screen: screen.replaceAll('\r\n', '\n') }
}
