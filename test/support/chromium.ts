import chromiumPackage from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
export const launchChromium = async (): Promise<Browser> => {
  const home = await unpackOnce()
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    args: FLAGS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  })
}

/**
 * The package unpacks into the temporary folder and takes a half-written file of another process for a whole one.
 * So each process unpacks into a folder of its own, and the first to be ready moves it to where all look.
 */
const unpackOnce = async (): Promise<string> => {
  const home = join(tmpdir(), `wauth-test-chromium-${await packageVersion()}`)
  if (!existsSync(home)) {
    const own = await mkdtemp(`${home}-`)
    await unpackInto(own)
    await writeFile(join(own, 'fonts.conf'), fontsIn(home))
    await rename(own, home).catch(() => rm(own, { recursive: true }))
  }
  return home
}

/** The package's own list of font folders has fixed names; without a font there is no text, and nothing to check. */
const fontsIn = (home: string) =>
  `<?xml version="1.0"?><fontconfig><dir>${home}/fonts</dir><cachedir>${home}/font-cache</cachedir></fontconfig>`

/** The libraries that a bare machine lacks are only unpacked where the package thinks that it is in the cloud. */
const unpackInto = (folder: string) =>
  withEnvironment({ TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }, () =>
    chromiumPackage.executablePath(),
  )

const withEnvironment = async (values: Record<string, string>, work: () => Promise<unknown>) => {
  const before = { ...process.env }
  Object.assign(process.env, values)
  try {
    await work()
  } finally {
    for (const name of Object.keys(values)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before[name]
    }
  }
}

const packageVersion = async (): Promise<string> => {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const manifest = await readFile(join(dirname(entry), '../../package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
