import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../shared/version.ts'

const ROOT = new URL('../../', import.meta.url)

/** `0.1.0 (1a2b3c4)`: the version, and the commit it was made of where that is known. */
export function versionLine(): string {
  const commit = commitOf()
  return commit === '' ? VERSION : `${VERSION} (${commit})`
}

/** From the file that the image has, or from a checkout; an installed package is inside of a checkout of somebody else. */
function commitOf(): string {
  const file = new URL('commit', ROOT)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  if (!existsSync(new URL('.git', ROOT))) return ''
  const cwd = fileURLToPath(ROOT)
  try {
    const words = ['rev-parse', '--short', 'HEAD']
    return execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
