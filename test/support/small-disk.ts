import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempDir } from './temp-dir.ts'

const run = promisify(execFile)

/** A file system of a few megabytes that can be filled; null where this user may not mount one. */
export async function smallDisk(megabytes = 3) {
  const folder = await tempDir()
  const path = join(folder.path, 'disk')
  await mkdir(path)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  } catch {
    await folder.remove()
    return null
  }
  const filling = join(path, 'filling')
  return {
    path,
    /** Takes what room there is, to the last byte. */
    fill: () => writeFile(filling, Buffer.alloc(megabytes * 1024 * 1024)).catch(() => undefined),
    free: () => rm(filling),
    async remove() {
      await run('umount', ['--lazy', path])
      await folder.remove()
    },
  }
}
