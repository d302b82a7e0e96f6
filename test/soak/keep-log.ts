/** Loaded into the real service: what it wants to log is kept in a file, too, also where its log cannot be written. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const STANDARD_OUTPUT = 1
const story = process.env['STORY_FILE'] ?? ''

type Write = (fd: number, ...rest: unknown[]) => unknown

const calls = fs as unknown as { write: Write }
const { write } = calls
calls.write = (fd, ...rest) => {
  if (fd === STANDARD_OUTPUT) fs.appendFileSync(story, rest[0] as Buffer)
  return write(fd, ...rest)
}
syncBuiltinESMExports()
