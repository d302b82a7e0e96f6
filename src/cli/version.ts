import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../shared/version.ts'

const ROOT = new URL('../../', import.meta.url)

/** `0.1.0 (1a2b3c4)`: the version, and the commit it was made of where that is known. */
export async function versionLine(): Promise<string> {
  const commit = await commitOf()
  return commit === '' ? VERSION : `${VERSION} (${commit})`
}

/** From the file that the image has, or from a checkout; an installed package is inside of a checkout of somebody else. */
async function commitOf(): Promise<string> {
  const file = new URL('commit', ROOT)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  if (!existsSync(new URL('.git', ROOT))) return ''
  const { execFileSync } = await import('node:child_process')
  const cwd = fileURLToPath(ROOT)
  try {
    const words = ['rev-parse', '--short', 'HEAD']
    return execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
