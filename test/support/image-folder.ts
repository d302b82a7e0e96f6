import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { builtCommand } from './built-command.ts'

const PROJECT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** The commands of the Dockerfile, each on one line. */
async function commands(): Promise<string[]> {
  const dockerfile = (await readFile(join(PROJECT, 'Dockerfile'), 'utf8')).replaceAll('\\\n', ' ')
  return [...dockerfile.matchAll(/^RUN (.+)$/gm)].map(([, command = '']) => command)
}

/** What a shell says to the one command that has this in it. */
async function runWith(part: string, cwd: string) {
  const [command = 'false'] = (await commands()).filter((each) => each.includes(part))
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }
  // An image has a /tmp of its own.
  await run('sh', ['-ec', command.replaceAll('/tmp/', `${cwd}/`)], { cwd, env })
}

/** Fills a folder with what the image has beside Node, made by the Dockerfile's own commands: Docker need not be here. */
export async function fillAsImage(folder: string): Promise<void> {
  const built = dirname(dirname(await builtCommand()))
  await mkdir(folder, { recursive: true })
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  await runWith('mkdir packages', folder)
  await rm(join(folder, 'node_modules'))
  await rename(join(folder, 'packages'), join(folder, 'node_modules'))
  await cp(built, join(folder, 'dist'), { recursive: true })
  for (const part of ['migrations', 'package.json'])
    await cp(join(PROJECT, part), join(folder, part), { recursive: true })
}

/** What the image does when all is in its place: it keeps what Node compiles at a start. */
export const fillCompileCache = (folder: string): Promise<void> =>
  runWith('chmod -R a+rX .compile-cache', folder)
