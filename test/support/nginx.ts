import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'
import { untilItListens } from './until-it-listens.ts'

/** Where this machine has an nginx; not every user looks into `sbin`. */
export const nginx: string | undefined = installed('nginx', '../sbin/nginx')

/** For the title of what is left out without it. */
export const NO_NGINX = 'nginx (left out: this machine has none, see .ci/run)'

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** An nginx of this `http` block, which is told its port and a folder of its own. */
export async function startNginx(http: (port: number, folder: string) => string) {
  const [folder, port] = [await tempDir(), await freePort()]
  const file = join(folder.path, 'nginx.conf')
  const temporary = TEMPORARY.map((name) => `${name}_temp_path ${join(folder.path, name)};`)
  await writeFile(
    file,
    `daemon off; master_process off; pid ${join(folder.path, 'pid')};
    events {}
    http { access_log off; ${temporary.join(' ')}
    ${http(port, folder.path)}
    }`,
  )
  const child = spawn(nginx ?? '', ['-e', 'stderr', '-p', folder.path, '-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')))
  const end = once(child, 'close')
  await untilItListens(child, port, () => log)
  return {
    ...{ port, folder: folder.path },
    async stop() {
      child.kill()
      await end
      await folder.remove()
    },
  }
}
