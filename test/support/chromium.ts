import chromiumPackage from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

// Works as root and in a container, and keeps the browser from calling home.
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/** Starts the browser that comes with the npm package; nothing is expected of the machine. Close it after use. */
export const launchChromium = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await unpackOnce(), args: FLAGS })

/**
 * The package unpacks into the temporary folder and takes a half-written file of another process for a whole one.
 * So each process unpacks into a folder of its own, and the first to be ready moves it to where all look.
 */
const unpackOnce = async (): Promise<string> => {
  const home = join(tmpdir(), `wauth-chromium-${await packageVersion()}`)
  if (!existsSync(home)) {
    const own = await mkdtemp(`${home}-`)
    await unpackInto(own)
    await rename(own, home).catch(() => rm(own, { recursive: true }))
  }
  return join(home, 'chromium')
}

const unpackInto = async (folder: string) => {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    await chromiumPackage.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

const packageVersion = async (): Promise<string> => {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const manifest = await readFile(join(dirname(entry), '../../package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
