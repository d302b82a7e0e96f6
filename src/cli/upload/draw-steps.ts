import type { UploadProgress } from '../../upload/progress.ts'
import { waitOf } from './waits.ts'

const WIDTH = 30

/** Draws the bars of an upload: over and over in one place on a terminal, elsewhere a line whenever a step moves on. */
export function drawSteps(out: NodeJS.WriteStream): (progress: UploadProgress) => void {
  let drawn = 0
  let said = ''
  return (progress) => {
    const { status, steps } = progress
    const wait = waitOf(progress)
    if (out.isTTY) {
      if (drawn > 0) out.write(`\u001b[${drawn}A`)
      for (const step of steps) out.write(`\u001b[2K${line(step)}\n`)
      out.write(`\u001b[2K${wait ?? ''}\n`)
      drawn = steps.length + 1
      return
    }
    const states = steps.map(({ kind, status: state }) => `${kind} ${state}`).join(', ') || status
    const now = wait === null ? states : `${states}; ${wait}`
    if (now !== said) out.write(`${now}\n`)
    said = now
  }
}

function line({ kind, status, read, total, rejected, secondsLeft }: UploadProgress['steps'][number]): string {
  const share = status.startsWith('done') ? 1 : total ? Math.min(1, read / total) : 0
  const full = Math.round(share * WIDTH)
  const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`
  const facts = [
    `${read} of ${total ?? '?'}`,
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    ...(status === 'failed' ? ['failed'] : []),
    ...(secondsLeft === null ? [] : [`${secondsLeft} s left`]),
  ]
  return `${kind.padEnd(10)} ${bar} ${facts.join(', ')}`
}
