import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogOutput } from '../../src/observability/log-output.ts'
import { tempDir } from '../support/temp-dir.ts'

/** As long as many lines of the service are. */
const line = (number: number) => `${JSON.stringify({ number, filling: 'é'.repeat(200) })}\n`

let folder: Awaited<ReturnType<typeof tempDir>>
let pipe: { read: number; write: number }

beforeEach(async () => {
  folder = await tempDir()
  const path = join(folder.path, 'pipe')
  await promisify(execFile)('mkfifo', [path])
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  pipe = { read, write: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) }
})
afterEach(async () => {
  closeSync(pipe.read)
  closeSync(pipe.write)
  await folder.remove()
})

/** Everything that is in the pipe at the moment. */
function read(): string {
  const [parts, buffer] = [[] as Buffer[], Buffer.alloc(64 * 1024)]
  try {
    for (;;) parts.push(Buffer.from(buffer.subarray(0, readSync(pipe.read, buffer))))
  } catch {
    return Buffer.concat(parts).toString('latin1')
  }
}

test('what comes beyond a megabyte for a reader who does not read is lost, whole lines, and counted', async () => {
  const resumed: number[] = []
  const output = createLogOutput(pipe.write, { resumed: (lost) => resumed.push(lost) })
  const written = 20_000
  for (let number = 0; number < written; number++) output.write(line(number))
  expect(output.lost()).toBeGreaterThan(written / 2)
  const began = performance.now()
  await output.drained(50)
  expect(performance.now() - began).toBeGreaterThan(40)
  expect(resumed).toEqual([])

  let text = ''
  const reading = setInterval(() => (text += read()), 5)
  await output.drained(60_000)
  clearInterval(reading)
  text += read()
  const numbers = text
    .trimEnd()
    .split('\n')
    .map((one) => (JSON.parse(one) as { number: number }).number)
  expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  expect(numbers.length + output.lost()).toBe(written)
  expect(resumed).toEqual([output.lost()])
})

test('a reader who has gone, and one who comes later', async () => {
  const resumed: number[] = []
  const output = createLogOutput(pipe.write, { resumed: (lost) => resumed.push(lost) })
  closeSync(pipe.read)
  for (let number = 0; number < 3; number++) {
    output.write(line(number))
    await output.drained(60_000)
  }
  expect(output.lost()).toBe(3)
  pipe.read = openSync(join(folder.path, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK)
  output.write(line(4))
  await output.drained(60_000)
  expect(Buffer.from(read(), 'latin1').toString('utf8')).toBe(line(4))
  expect(resumed).toEqual([3])
})
