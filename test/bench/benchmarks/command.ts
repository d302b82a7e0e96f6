import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { builtins } from '../../../rolldown.config.ts'
import { fillAsImage, fillCompileCache } from '../../support/image-folder.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import type { Benchmark } from '../benchmark.ts'

const run = promisify(execFile)

/** In one round: a single process is over before the machine has shown how fast it is. */
const PROCESSES = 10

/** A script with its command line, and what it has to print. */
interface Asked {
  script: string
  words: readonly string[]
  shape: RegExp
  env?: Record<string, string>
}

/** Milliseconds that a process takes from its start to its end. */
async function round({ script, words, shape, env = {} }: Asked) {
  const flags = nodeFlags().filter((flag) => flag.startsWith('--disable'))
  const began = performance.now()
  for (let i = 0; i < PROCESSES; i++) {
    const { stdout } = await run(process.execPath, [...flags, script, ...words], { env })
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

const VERSION: Command = {
  words: ['--version'],
  shape: /^\d+\.\d+\.\d+\n$/,
  least: `process.stdout.write('0.1.0\\n')`,
}

const GENERATE: Command = {
  words: ['keys', 'generate'],
  shape: /^k\d{14}:[\w+/]{43}=\n$/,
  least: `import { randomBytes } from 'node:crypto'
process.stdout.write('k' + new Date().toISOString().slice(0, 19).replace(/\\D/g, '') + ':' + randomBytes(32).toString('base64') + '\\n')`,
}

const nameOf = ({ words }: Command) => `wauth ${words.join(' ')}`

/** `prepared`: what is measured against the least program, run once before. */
const benchmarkOf = (
  { words, shape, least }: Command,
  more: Pick<Benchmark, 'name' | 'subject' | 'figures'>,
  prepared: (folder: string) => Promise<Pick<Asked, 'script' | 'env'>>,
): Benchmark => ({
  ...more,
  baseline: 'process that only prints the same bytes',
  pairs: 'long',
  async prepare({ folder }) {
    const bare = join(folder, `least${words.join('-')}.mjs`)
    await writeFile(bare, least)
    const asked = { ...(await prepared(folder)), words, shape }
    const subject = () => round(asked)
    await subject()
    return {
      subject,
      baseline: () => round({ script: bare, words: [], shape }),
      close: async () => undefined,
    }
  },
})

const command = (one: Command) =>
  benchmarkOf(
    one,
    {
      name: nameOf(one),
      subject: 'the built command, as in the image',
      figures: [{ name: 'from start to end', unit: 'ms', target: { of: 'ratio', atMost: 1.3 } }],
    },
    async (folder) => {
      const app = join(folder, one.words.join('-'))
      await fillAsImage(app)
      await fillCompileCache(app)
      // As the image names its commit.
      await writeFile(join(app, 'commit'), '')
      return { script: join(app, 'dist/cli/wauth.js') }
    },
  )

const floor = benchmarkOf(
  GENERATE,
  {
    name: `${nameOf(GENERATE)}, its floor`,
    subject: 'file that reads its command line with commander',
    figures: [{ name: 'from start to end', unit: 'ms' }],
  },
  async (folder) => {
    const script = join(folder, 'floor.mjs')
    // As the command is built, and what is compiled is kept, as the image keeps it.
    await build({
      input: fileURLToPath(new URL('../floors/keys-generate.ts', import.meta.url)),
      ...{ platform: 'node', plugins: [builtins], output: { file: script } },
    })
    return { script, env: { NODE_COMPILE_CACHE: join(folder, 'floor-compile-cache') } }
  },
)

export const commands: readonly Benchmark[] = [command(VERSION), command(GENERATE), floor]
