/** Writes what ships with the service: `dist/sbom.cdx.json` (CycloneDX) and `dist/licences.txt`. Needs no network. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  productionLock,
  shippedPackages,
  withoutDevelopment,
  type Lock,
  type ShippedPackage,
} from './locked-packages.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

await mkdir(dist, { recursive: true })
await writeFile(join(dist, 'sbom.cdx.json'), await renderSbom())
await writeFile(join(dist, 'licences.txt'), await renderLicences(shippedPackages(root)))
process.stdout.write('Wrote dist/sbom.cdx.json and dist/licences.txt\n')

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
    const folder = join(temporary, manifest.name)
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock))
    const options = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
    const surroundings = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
    const { stdout } = await promisify(execFile)('npm', ['sbom', ...options], surroundings)
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

async function licenceText(folder: string): Promise<string | null> {
  const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying)/i.test(name))
  return file === undefined ? null : (await readFile(join(folder, file), 'utf8')).trim()
}
