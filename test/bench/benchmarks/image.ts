import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fillAsImage } from '../../support/image-folder.ts'
import type { Benchmark } from '../benchmark.ts'

const PROJECT = join(import.meta.dirname, '../../..')

interface Locked {
  dependencies?: Record<string, string>
}

type Lock = Record<string, Locked>

/** What the Dockerfile leaves out of the database driver. */
const LEFT_OUT = [
  ...['deps', 'src'].map((folder) => `node_modules/better-sqlite3/${folder}`),
  ...['darwin-', 'win32-', 'linuxmusl-'].map(
    (platform) => `node_modules/better-sqlite3/prebuilds/${platform}`,
  ),
]

/** Megabytes of a folder, without the packages inside it. */
async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true })
  const sizes = entries.map(async (entry) => {
    const place = join(path, entry.name)
    if (entry.name === 'node_modules' || LEFT_OUT.some((left) => place.startsWith(join(PROJECT, left))))
      return 0
    if (entry.isDirectory()) return sizeOf(place)
    return entry.isFile() ? (await stat(place)).size / 1024 ** 2 : 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

const sum = async (paths: readonly string[]) =>
  (await Promise.all(paths.map(sizeOf))).reduce((total, size) => total + size, 0)

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

/** Docker is not needed for it: all that the image adds to its base, but what Node has compiled, is made as it says. */
export const image: Benchmark = {
  name: 'Image, without the base that brings Node',
  subject: 'production packages, dist and migrations',
  baseline: 'fastify and better-sqlite3 with what they need',
  figures: [{ name: 'size', unit: 'MB', target: { of: 'subject', atMost: 45 } }],
  pairs: 'once',
  async prepare({ folder }) {
    const app = join(folder, 'image')
    await fillAsImage(app)
    const parts = ['node_modules/better-sqlite3', 'node_modules/google-libphonenumber', 'dist', 'migrations']
    const text = await readFile(join(PROJECT, 'package-lock.json'), 'utf8')
    const { packages } = JSON.parse(text) as { packages: Lock }
    const least = needed(packages, ['fastify', 'better-sqlite3']).map((path) => join(PROJECT, path))
    return {
      subject: async () => ({ size: await sum(parts.map((part) => join(app, part))) }),
      baseline: async () => ({ size: await sum(least) }),
      close: async () => undefined,
    }
  },
}
