import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the files of the release before; null where git or that commit is missing. */
    releaseBefore: string | null
  }
}

/** The release before this one: its replicas serve on while they are replaced by ours. */
const COMMIT = 'ac54c0c42f7822c599bfaac353e360292e2037c5'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Its service and, as they know its ways, its contracts. */
const KEPT = ['package.json', 'migrations', 'src', 'test/contracts', 'test/support']

/** The release before, with the packages of this one, for this run of the tests. */
export default async function setUp(project: TestProject) {
  const isHere = spawnSync('git', ['cat-file', '-e', `${COMMIT}^{commit}`], { cwd: ROOT }).status === 0
  if (!isHere) {
    project.provide('releaseBefore', null)
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'wauth-release-before-'))
  const files = execFileSync('git', ['archive', COMMIT, ...KEPT], { cwd: ROOT, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: files })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  project.provide('releaseBefore', folder)
  return () => rm(folder, { recursive: true, force: true })
}
