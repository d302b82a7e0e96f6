import { open, stat } from 'node:fs/promises'
import { seconds } from '../../shared/clock.ts'
import { systemRandom } from '../../shared/random.ts'
import { sleep } from '../../shared/sleep.ts'
import { isOurs } from './address.ts'
import { failure, pass, skip, warning, type Check, type CheckContext, type Finding } from './check.ts'

/** Where Debian's packages, Red Hat's and our documents put it. */
const USUAL = [
  '/var/log/nginx/access.log',
  '/var/log/nginx/wauth.log',
  '/var/log/apache2/access.log',
  '/var/log/httpd/access_log',
  '/var/log/caddy/access.log',
  '/var/log/haproxy.log',
]

/** How long a line is waited for, in milliseconds, and how often the files are looked at. */
const [PATIENCE, PAUSE] = [seconds(3), 100]

/** Of what came into a file meanwhile, the first bytes. */
const MOST_READ = 4 * 1024 * 1024

/** Whether a proxy writes down the query of a visit, which has the state: who reads it there may spend it in place of the customer. */
export const accessLog: Check = {
  name: 'access-log',
  title: 'Access log',
  network: true,
  async run(context) {
    const named = context.accessLogs.length > 0
    const files = await sizesOf(named ? context.accessLogs : USUAL)
    const unreadable = context.accessLogs.filter((path) => !files.has(path))
    if (unreadable.length > 0)
      return failure(`${unreadable.join(', ')} cannot be read`, 'Name a file that this user may read.')
    if (files.size === 0)
      return skip("not looked at: name the reverse proxy's, if it is on this machine: --access-log FILE")
    if (!isOurs(await context.home())) return skip('this service did not answer')
    return judge(files, named, context)
  },
}

async function judge(files: Map<string, number>, named: boolean, context: CheckContext): Promise<Finding> {
  // Given twice it is refused, so that no attempt is opened.
  const [state, mark] = [systemRandom(24), systemRandom(24)]
  const { publicUrl } = context.settings
  await context.ask(new URL(`/wauth?state=${state}&state=check`, publicUrl))
  // Others visit meanwhile, and a line comes later than its answer: with this one there, that of the visit is, too.
  await context.ask(new URL(`/wauth/attempts/${mark}`, publicUrl))
  for (let waited = 0; waited < PATIENCE; waited += PAUSE) {
    const grown = await Promise.all([...files].map(([path, size]) => addedTo(path, size)))
    const at = grown.findIndex((text) => text.includes(state))
    if (at >= 0) return recorded([...files.keys()][at] ?? '')
    if (grown.some((text) => text.includes(mark))) return pass('it has visits without their state')
    await sleep(PAUSE)
  }
  return named
    ? warning(
        'a visit does not show in it',
        'Name the file that the proxy of PUBLIC_URL writes; if it is written in blocks (nginx: buffer=), run this check again.',
      )
    : skip("a visit shows in none that is usual: name the reverse proxy's, --access-log FILE")
}

const recorded = (path: string) =>
  failure(
    `${path} has the state of a visit, and the codes of logins with it`,
    'Log the path without the query (nginx: a log_format with $uri in place of $request, and error_log crit), and delete what is there.',
  )

/** The files that can be read, with their sizes. */
async function sizesOf(paths: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const path of paths) {
    try {
      const { size } = await stat(path)
      await (await open(path)).close()
      found.set(path, size)
    } catch {
      // Not there, or not for this user.
    }
  }
  return found
}

/** What was written behind this size; all of it when the file is a new one. */
async function addedTo(path: string, size: number): Promise<string> {
  const file = await open(path)
  try {
    const { size: now } = await file.stat()
    const from = now < size ? 0 : size
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(now - from, MOST_READ)),
      0,
      null,
      from,
    )
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}
