import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { installed } from './installed.ts'
import { tempDir } from './temp-dir.ts'

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
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${log}`)
    await pause(20)
  }
  return {
    ...{ port, folder: folder.path },
    async stop() {
      child.kill()
      await end
      await folder.remove()
    },
  }
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const say = (does: boolean) => () => {
      socket.destroy()
      resolve(does)
    }
    socket.once('connect', say(true)).once('error', say(false))
  })
