/** Writes what ships with the service: `sbom.cdx.json` (CycloneDX) and `licences.txt`, into `dist/` or a folder named. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import {
  productionLock,
  shippedPackages,
  withoutDevelopment,
  type Lock,
  type ShippedPackage,
} from './locked-packages.ts'

const root = join(import.meta.dirname, '../..')
const folder = resolve(process.argv[2] ?? join(root, 'dist'))

await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'sbom.cdx.json'), await renderSbom())
await writeFile(join(folder, 'licences.txt'), await renderLicences(shippedPackages(root)))
process.stdout.write(`Wrote sbom.cdx.json and licences.txt into ${folder}\n`)

/**
 * Asks npm, in a folder that knows nothing of development: with `--omit=dev` alone it leaves out every package that a
 * development tool happens to need as well.
 */
async function renderSbom(): Promise<string> {
  const manifest = withoutDevelopment(JSON.parse(await read('package.json')) as { name: string })
  const lock = productionLock(JSON.parse(await read('package-lock.json')) as Lock)
  const temporary = await mkdtemp(join(tmpdir(), 'sbom-'))
  try {
    // npm names the whole after its folder.
    const cwd = join(temporary, manifest.name)
    await mkdir(cwd)
    await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(cwd, 'package-lock.json'), JSON.stringify(lock))
    const options = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
    const running = { cwd, maxBuffer: 64 * 1024 * 1024 }
    const { stdout } = await promisify(execFile)('npm', ['sbom', ...options], running)
    return stdout
  } finally {
    await rm(temporary, { recursive: true })
  }
}

function read(file: string): Promise<string> {
  return readFile(join(root, file), 'utf8')
}

/** Every package with its licence and, where it brings one, the licence's text: most ask that it goes with copies. */
async function renderLicences(packages: readonly ShippedPackage[]): Promise<string> {
  const parts = packages.map(async ({ path, name, version, licence }) => {
    const text = await licenceText(join(root, path))
    return `${name} ${version}: ${licence ?? 'unknown'}\n\n${text ?? '(the package brings no text)'}\n`
  })
  return (await Promise.all(parts)).join(`\n${'-'.repeat(80)}\n\n`)
}

async function licenceText(place: string): Promise<string | null> {
  const file = (await readdir(place)).find((name) => /^(licen[cs]e|copying)/i.test(name))
  return file === undefined ? null : (await readFile(join(place, file), 'utf8')).trim()
}
