import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('an opened apiKey, and a crmKey that was looked up, leave the memory of the process', async () => {
  const script = join(import.meta.dirname, 'short-memory-in-heap.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  expect(JSON.parse(stdout)).toEqual({
    opened: true,
    'looked up': true,
    'opened a minute ago': false,
    'looked up a minute ago': false,
    disconnected: false,
    'not found any more': false,
    'kept, and opened again': true,
  })
})
