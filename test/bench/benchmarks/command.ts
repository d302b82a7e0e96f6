import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fillAsImage, fillCompileCache } from '../../support/image-folder.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import type { Benchmark } from '../benchmark.ts'

const run = promisify(execFile)

/** In one round: a single process is over before the machine has shown how fast it is. */
const PROCESSES = 10

/** Milliseconds that a process takes from its start to its end; `shape`: what it has to print. */
async function round(script: string, words: readonly string[], shape: RegExp) {
  const flags = nodeFlags().filter((flag) => flag.startsWith('--disable'))
  const began = performance.now()
  for (let i = 0; i < PROCESSES; i++) {
    const { stdout } = await run(process.execPath, [...flags, script, ...words], { env: {} })
    if (!shape.test(stdout)) throw new Error(`${script} printed ${stdout}`)
  }
  return { 'from start to end': (performance.now() - began) / PROCESSES }
}

interface Command {
  words: readonly string[]
  shape: RegExp
  /** The least program that prints the same. */
  least: string
}

const command = ({ words, shape, least }: Command): Benchmark => ({
  name: `wauth ${words.join(' ')}`,
  subject: 'the built command, as in the image',
  baseline: 'process that only prints the same bytes',
  figures: [{ name: 'from start to end', unit: 'ms', target: { of: 'ratio', atMost: 1.3 } }],
  pairs: 'long',
  async prepare({ folder }) {
    const app = join(folder, words.join('-'))
    await fillAsImage(app)
    await fillCompileCache(app)
    // As the image names its commit.
    await writeFile(join(app, 'commit'), '')
    const bare = join(folder, `least${words.join('-')}.mjs`)
    await writeFile(bare, least)
    const wauth = join(app, 'dist/cli/wauth.js')
    const subject = () => round(wauth, words, shape)
    await subject()
    return { subject, baseline: () => round(bare, [], shape), close: async () => undefined }
  },
})

export const commands: readonly Benchmark[] = [
  command({
    words: ['--version'],
    shape: /^\d+\.\d+\.\d+\n$/,
    least: `process.stdout.write('0.1.0\\n')`,
  }),
  command({
    words: ['keys', 'generate'],
    shape: /^k\d{14}:[\w+/]{43}=\n$/,
    least: `import { randomBytes } from 'node:crypto'
process.stdout.write('k' + new Date().toISOString().slice(0, 19).replace(/\\D/g, '') + ':' + randomBytes(32).toString('base64') + '\\n')`,
  }),
]
