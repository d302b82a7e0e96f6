import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { shippedPackages } from './locked-packages.ts'
import { tempDir } from '../support/temp-dir.ts'

const root = join(import.meta.dirname, '../..')
const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

interface Manifest {
  name: string
  version: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

interface Sbom {
  bomFormat: string
  specVersion: string
  metadata: { component: { name: string; type: string } }
  components: { name: string; version: string; purl: string; hashes?: object[]; licenses?: object[] }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/** Licences that ask for no more than to be named; ours is one of them. */
const PERMISSIVE = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
]

/** Everything that the service loads, found as Node finds it: from folder to folder, whatever the lock says. */
function reachable(): string[] {
  const seen = new Set<string>()
  const visit = (folder: string) => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifestIn(folder)
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => !peerDependenciesMeta?.[name]?.optional,
    )
    const names = [...Object.keys(dependencies ?? {}), ...(folder === '.' ? [] : peers)]
    for (const name of names) {
      const found = locate(folder, name)
      if (seen.has(found)) continue
      seen.add(found)
      visit(found)
    }
  }
  visit('.')
  return [...seen].map((folder) => manifestIn(folder)).map(nameOf)
}

function locate(from: string, name: string): string {
  const place = join(from, 'node_modules', name)
  if (existsSync(join(root, place, 'package.json'))) return place
  if (from === '.') throw new Error(`${name} is not installed`)
  return locate(dirname(from), name)
}

const nameOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`
const once = (names: string[]) => [...new Set(names)].sort()

let sbom: Sbom
let licences: string
beforeAll(async () => {
  const dir = await tempDir()
  await promisify(execFile)(process.execPath, ['test/supply-chain/sbom.ts', dir.path], { cwd: root })
  sbom = JSON.parse(readFileSync(join(dir.path, 'sbom.cdx.json'), 'utf8')) as Sbom
  licences = readFileSync(join(dir.path, 'licences.txt'), 'utf8')
  await dir.remove()
})

test('the SBOM names what ships, all of it and nothing else', () => {
  expect(once(sbom.components.map(nameOf))).toEqual(once(reachable()))
  const { dependencies } = manifestIn('.')
  expect(sbom.components.map(({ name }) => name)).toEqual(
    expect.arrayContaining(Object.keys(dependencies ?? {})),
  )
})

test('the SBOM is CycloneDX, with a purl, a digest and a licence for every part', () => {
  expect(sbom).toMatchObject({
    ...{ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.[5-9]$/) as string },
    metadata: { component: { name: 'wauth-connector', type: 'application' } },
  })
  const whole = (part: Sbom['components'][number]) =>
    part.purl.startsWith('pkg:npm/') && part.hashes?.length === 1 && (part.licenses?.length ?? 0) > 0
  expect(sbom.components.filter((part) => !whole(part))).toEqual([])
  const refs = sbom.dependencies.map(({ ref }) => ref)
  expect(refs).toEqual(expect.arrayContaining(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn)))
})

test('only permissive licences ship', () => {
  const packages = shippedPackages(root)
  expect(packages.length).toBeGreaterThan(50)
  // «(MIT AND Apache-2.0)»: both hold.
  const named = (licence: string | null) => (licence ?? '').replace(/[()]/g, '').split(' AND ')
  const others = packages.filter(({ licence }) => !named(licence).every((one) => PERMISSIVE.includes(one)))
  expect(others).toEqual([])
})

test('the licence list names every package', () => {
  for (const { name, version, licence } of shippedPackages(root))
    expect(licences).toContain(`${name} ${version}: ${licence}\n`)
})
