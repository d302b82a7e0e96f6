import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** A program of Debian that runs for one test. */
export interface ForeignProgram {
  /** What it has said so far. */
  output: () => string
  end: () => Promise<void>
}

const PATIENCE = 20_000

/**
 * Starts it and waits until `address` answers.
 * @throws with what it has said, when it ends before, or never answers
 */
export async function startForeign(command: string[], address: string, env = {}): Promise<ForeignProgram> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  const gone = once(child, 'exit')
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
  }
  const until = performance.now() + PATIENCE
  while (performance.now() < until && child.exitCode === null) {
    if (await answers(address)) return { output: () => output, end }
    await pause(50)
  }
  await end()
  throw new Error(`${file} does not answer:\n${output}`)
}

const answers = (address: string) =>
  fetch(address).then(
    () => true,
    () => false,
  )
