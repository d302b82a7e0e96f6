/**
 * Loaded into the real service: SIGWINCH puts it under pressure, in the way that PRESS_BY names: its event loop is busy
 * most of the time for 20 seconds, or most of its heap is in use until the next SIGWINCH.
 */
const held: number[][] = []

function busy(until: number) {
  const end = performance.now() + 1200
  while (performance.now() < end);
  if (performance.now() < until) setTimeout(busy, 5, until)
}

function fill() {
  if (held.length > 0) {
    held.length = 0
    globalThis.gc?.()
    return
  }
  const { heap_size_limit: limit } = process.getBuiltinModule('node:v8').getHeapStatistics()
  // Numbers that are no small integers, so that each takes its eight bytes.
  while (process.memoryUsage().heapUsed < limit * 0.7) held.push(new Array<number>(100_000).fill(0.5))
}

process.on('SIGWINCH', () => {
  if (process.env['PRESS_BY'] === 'heap') fill()
  else busy(performance.now() + 20_000)
})
