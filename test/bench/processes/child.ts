import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Answer, Question } from './answer-parent.ts'

const PROBE = fileURLToPath(new URL('./probe.ts', import.meta.url))

/** A process of its own, so that what it does costs nobody else's time. */
export interface Child {
  /** Asks for what it offers by `answerParent`. @throws when it has thrown */
  ask: <T>(name: string, value?: unknown) => Promise<T>
  /** Ends it; resolves when it has. */
  stop(): Promise<void>
}

/**
 * Starts a script and waits until it says, in a line of its output, that it has started.
 * @param env all of its environment
 * @param flags for Node
 */
export async function startChild(
  script: string,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<Child> {
  const child = spawn(process.execPath, [...flags, '--import', PROBE, script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  await started(child, script)
  return {
    ask: asking(child),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Everything that it says is read, or it would stand still before long. */
async function started(child: ChildProcess, script: string): Promise<void> {
  if (!child.stdout) throw new Error('the output of a child is not piped')
  const said: string[] = []
  const lines = createInterface(child.stdout)
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (/started/.test(line)) resolve()
      else if (said.length < 50) said.push(line)
    })
    child.once('exit', (code) => {
      reject(new Error(`${script} ended with ${String(code)}: ${said.join('\n')}`))
    })
  })
}

function asking(child: ChildProcess): Child['ask'] {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer))
  child.once('exit', (code) => {
    for (const [id, settle] of waiting) settle({ id, error: `the process ended with ${String(code)}` })
  })
  return async <T>(name: string, value?: unknown) => {
    const id = ++last
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve)
      child.send({ id, name, value } satisfies Question)
    })
    waiting.delete(id)
    if ('error' in answer) throw new Error(answer.error)
    return answer.value as T
  }
}
