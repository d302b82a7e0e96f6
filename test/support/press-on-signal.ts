/**
 * Loaded into the real service: SIGWINCH puts it under pressure until the next SIGWINCH, in the way that PRESS_BY names:
 * its event loop is busy most of the time, or most of its heap is in use.
 */
import { pressureLimits } from '../../src/http/pressure.ts'

const { maxHeapUsedBytes: limit = Infinity } = pressureLimits()
const held: number[][] = []

let pressing = false

function busy() {
  const end = performance.now() + 1200
  while (performance.now() < end);
  if (pressing) setTimeout(busy, 5)
}

function fill() {
  if (held.length > 0) {
    held.length = 0
    globalThis.gc?.()
    return
  }
  // Just enough: a heap that is really full ends the process. Numbers that are no small integers take eight bytes each.
  while (process.memoryUsage().heapUsed < limit * 1.03) held.push(new Array<number>(100_000).fill(0.5))
}

process.on('SIGWINCH', () => {
  pressing = !pressing
  if (process.env['PRESS_BY'] === 'heap') fill()
  else if (pressing) busy()
})
