import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'
import { untilItListens } from './until-it-listens.ts'

/** Where this machine has a forward proxy. */
export const tinyproxy: string | undefined = installed('tinyproxy')

/** For the title of what is left out without it. */
export const NO_TINYPROXY = 'tinyproxy (left out: this machine has none, see .ci/run)'

/**
 * To a proxy the address of this machine by another spelling: we ask a proxy for anything but loopback, and tests stay there.
 */
export const BY_PROXY = '0.0.0.0'

/** A forward proxy with these lines in its configuration. */
export async function startTinyproxy(...lines: string[]) {
  const [folder, port] = [await tempDir(), await freePort()]
  const file = join(folder.path, 'tinyproxy.conf')
  const log = join(folder.path, 'log')
  const head = [`Port ${port}`, 'Listen 127.0.0.1', 'Allow 127.0.0.1', `LogFile "${log}"`, 'LogLevel Connect']
  await writeFile(file, [...head, ...lines, ''].join('\n'))
  const child = spawn(tinyproxy ?? '', ['-d', '-c', file], { stdio: 'ignore' })
  const end = once(child, 'close')
  await untilItListens(child, port)
  return {
    ...{ port, log },
    async stop() {
      child.kill()
      await end
      await folder.remove()
    },
  }
}
