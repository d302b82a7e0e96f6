import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** Python, as Node makes no terminal. It holds one that it does not read, until its own input ends. */
const HOLD = `
import os, pty, sys
master, terminal = pty.openpty()
print(os.ttyname(terminal), flush=True)
sys.stdin.read()`

/** A terminal that nobody reads, with no room left; null where there is no Python to make one. */
export async function fullTerminal() {
  const holder = spawn('python3', ['-c', HOLD], { stdio: ['pipe', 'pipe', 'inherit'] })
  const path = await new Promise<string | null>((resolve) => {
    holder.once('error', () => {
      resolve(null)
    })
    holder.stdout.once('data', (line: Buffer) => {
      resolve(line.toString('utf8').trim())
    })
  })
  if (path === null) return null
  fill(path)
  return {
    path,
    remove() {
      holder.stdin.end()
    },
  }
}

function fill(path: string) {
  const terminal = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    for (;;) writeSync(terminal, 'x')
  } catch {
    // It is full.
  } finally {
    closeSync(terminal)
  }
}
