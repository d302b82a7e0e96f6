import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Benchmark } from '../benchmark.ts'
import { builtMain } from '../processes/service.ts'

const PROJECT = join(import.meta.dirname, '../../..')

interface Locked {
  dev?: true
  optional?: true
  peer?: true
  dependencies?: Record<string, string>
}

type Lock = Record<string, Locked>

/** What the Dockerfile leaves out of what is measured. */
const LEFT_OUT = [
  ...['deps', 'src'].map((folder) => `node_modules/better-sqlite3/${folder}`),
  ...['darwin-', 'win32-', 'linuxmusl-'].map(
    (platform) => `node_modules/better-sqlite3/prebuilds/${platform}`,
  ),
]

/** Megabytes of a folder, without the packages inside it and what the image leaves out. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(join(PROJECT, folder), { withFileTypes: true })
  const sizes = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.name === 'node_modules' || LEFT_OUT.some((left) => path.startsWith(left))) return 0
    if (entry.isDirectory()) return sizeOf(path)
    return entry.isFile() ? (await stat(join(PROJECT, path))).size / 1024 ** 2 : 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

const sum = async (folders: readonly string[]) =>
  (await Promise.all(folders.map(sizeOf))).reduce((total, size) => total + size, 0)

/** The packages that these need, as Node finds them: the nearest one counts. */
function needed(lock: Lock, names: readonly string[]): string[] {
  const found = new Set<string>()
  const visit = (name: string, from: string) => {
    for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
      const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
      const locked = lock[path]
      if (locked && !found.has(path)) {
        found.add(path)
        for (const next of Object.keys(locked.dependencies ?? {})) visit(next, path)
      }
      if (locked ?? at === '') return
    }
  }
  for (const name of names) visit(name, '')
  return [...found]
}

/** Docker is not needed for it: everything that the image adds to its base lies in these folders. */
export const image: Benchmark = {
  name: 'Image, without the base that brings Node',
  subject: 'production packages, dist and migrations',
  baseline: 'fastify and better-sqlite3 with what they need',
  figures: [{ name: 'size', unit: 'MB' }],
  pairs: 'once',
  async prepare() {
    const dist = dirname(await builtMain()).slice(PROJECT.length + 1)
    const text = await readFile(join(PROJECT, 'package-lock.json'), 'utf8')
    const { packages } = JSON.parse(text) as { packages: Lock }
    const production = Object.keys(packages).filter((path) => {
      const { dev, optional, peer } = packages[path] ?? {}
      return path !== '' && !dev && !optional && !peer
    })
    return {
      subject: async () => ({ size: await sum([...production, dist, 'migrations']) }),
      baseline: async () => ({ size: await sum(needed(packages, ['fastify', 'better-sqlite3'])) }),
      close: async () => undefined,
    }
  },
}
