import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export const PROJECT = join(import.meta.dirname, '../..')

/** The build writes it last. */
const LAST = 'dist/sbom.cdx.json'

/** What else decides how `src/` is built. */
const BESIDE = ['package.json', 'package-lock.json', 'rolldown.config.ts']

/** Whether `dist/` is there, whole, and no older than what it is built from. */
export function isFresh(project = PROJECT): boolean {
  const changedAt = (path: string) => statSync(join(project, path)).mtimeMs
  if (!existsSync(join(project, LAST))) return false
  const built = changedAt(LAST)
  const files = readdirSync(join(project, 'src'), { recursive: true, withFileTypes: true })
  const sources = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  return (
    BESIDE.every((path) => changedAt(path) <= built) &&
    sources.every((path) => statSync(path).mtimeMs <= built)
  )
}

/** What is not built: a module that a test puts into it breaks packages, which are found in the sources alone. */
export const sourceOf = (entry: Entry) => join(PROJECT, `src/${entry}.ts`)

type Entry = 'main' | 'cli/wauth'

let fresh: boolean | undefined

/**
 * What a test starts as a process: the built file, as it is installed, where the build is fresh, as it is in `npm test`; it
 * starts with half the work. Else its source, so that a part of the tests need not wait for a build.
 */
export function atHand(entry: Entry): string {
  fresh ??= isFresh()
  return fresh ? join(PROJECT, `dist/${entry}.js`) : sourceOf(entry)
}
