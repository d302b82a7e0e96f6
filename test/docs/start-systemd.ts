import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installed } from '../support/installed.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '../..')

const MANAGER = installed('../lib/systemd/systemd')

/** The machine's own `/etc`, `/opt`, `/run` and `/var/lib` stay as they are: what is put over them is seen in here alone. */
const APART = ['--fork', '--kill-child', '--pid', '--mount', '--cgroup', '--ipc', '--uts', '--mount-proc']
const OVER_ETC = `
  mount --make-rprivate / && mount -t tmpfs tmpfs /opt && mkdir /opt/etc /opt/work &&
  mount -t overlay -o lowerdir=/etc,upperdir=/opt/etc,workdir=/opt/work overlay /etc`

const BEGIN = `${OVER_ETC} && set -e
  mkdir /opt/wauth-connector /opt/test /etc/wauth
  mount --bind "$PROJECT" /opt/wauth-connector
  mount --bind "$FOLDER" /opt/test
  mount --bind "$FOLDER/etc" /etc/wauth
  mount -t tmpfs tmpfs /var/lib
  mount -t tmpfs tmpfs /run
  echo 'wauth:x:4711:4711::/var/lib/wauth:/usr/sbin/nologin' >> /etc/passwd
  echo 'wauth:x:4711:' >> /etc/group
  exec "$MANAGER" --system --unit=wauth.service --log-target=null`

/** Without the units of a whole machine. */
const ALONE = `[Unit]
DefaultDependencies=no
OnFailure=given-up.service
[Service]
StandardOutput=append:/opt/test/log
StandardError=append:/opt/test/log
`

/** Started when the unit is neither running nor to be started again. */
const GIVEN_UP = `[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/touch /opt/test/given-up
`

/** Whether a second systemd can be run on this machine, with folders of its own. */
export const canStartSystemd = (): boolean => {
  if (MANAGER === undefined || process.getuid?.() !== 0) return false
  try {
    execFileSync('unshare', [...APART, 'bash', '-c', OVER_ETC], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A systemd that runs this unit, and nothing else, with this `.env`. */
export async function startSystemd(unit: string, env: Record<string, string>) {
  const folder = await tempDir()
  const inside = (name: string) => join(folder.path, name)
  await mkdir(inside('etc'))
  await mkdir(inside('units/wauth.service.d'), { recursive: true })
  for (const path of [folder.path, inside('etc')]) await chmod(path, 0o755)
  const configure = (settings: Record<string, string>) =>
    writeFile(
      inside('etc/.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
  await configure(env)
  await writeFile(inside('units/wauth.service'), unit)
  await writeFile(inside('units/wauth.service.d/alone.conf'), ALONE)
  await writeFile(inside('units/given-up.service'), GIVEN_UP)
  const variables = {
    SYSTEMD_UNIT_PATH: '/opt/test/units',
    container: 'other',
    PATH: process.env['PATH'] ?? '',
  }
  const child = spawn('unshare', [...APART, 'bash', '-c', BEGIN], {
    ...{ env: { ...variables, PROJECT, FOLDER: folder.path, MANAGER }, stdio: 'ignore' },
  })
  const ended = once(child, 'close')
  const childOf = async (pid: number | undefined) => Number((await run('pgrep', ['-P', String(pid)])).stdout)
  return {
    configure,
    hasGivenUp: () => existsSync(inside('given-up')),
    log: () => readFile(inside('log'), 'utf8').catch(() => ''),
    /** The process of the service. */
    servicePid: async () => childOf(await childOf(child.pid)),
    async stop() {
      child.kill('SIGKILL')
      await ended
      await folder.remove()
    },
  }
}
