import { writeSync } from 'node:fs'

/**
 * Loaded into the real service: the milliseconds from the last signal to its end, by its own clock, on standard error. How
 * long a busy machine takes to bring the signal, and to tell the test, is not counted.
 */
let signalled = 0
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    signalled = performance.now()
  })
}
process.on('exit', () => {
  writeSync(2, `ended after ${performance.now() - signalled} ms\n`)
})
