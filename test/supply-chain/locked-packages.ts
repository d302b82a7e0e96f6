import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  version: string
  dev?: true
  optional?: true
  devOptional?: true
  /** A folder of the checkout, which comes with no package. */
  link?: true
}

/** What we read of a package-lock.json. */
export interface Lock {
  packages: Record<string, LockedPackage>
}

/** A package that ships with the service, as it is installed. */
export interface ShippedPackage {
  /** Under the root of the project. */
  path: string
  name: string
  version: string
  /** As the package itself names it (SPDX); null when it does not. */
  licence: string | null
}

/** What is left of a manifest, or of a lock's entry, where nothing of development is installed. */
export const withoutDevelopment = <M extends object>(manifest: M) => ({
  ...manifest,
  devDependencies: {},
  optionalDependencies: {},
})

/** The same lock for `npm ci --omit=dev --omit=optional`, which is what the image installs. */
export function productionLock(lock: Lock): Lock {
  const shipped = Object.entries(lock.packages)
    .filter(([, { dev, optional, devOptional, link }]) => !dev && !optional && !devOptional && !link)
    .map(([path, locked]) => [path, withoutDevelopment(locked)] as const)
  return { ...lock, packages: Object.fromEntries(shipped) }
}

/** The packages that ship, in the order of the lock. */
export function shippedPackages(root: string): ShippedPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  const paths = Object.keys(productionLock(lock).packages).filter((path) => path !== '')
  return paths.map((path) => {
    const manifest = readFileSync(join(root, path, 'package.json'), 'utf8')
    const { name, version, license = null } = JSON.parse(manifest) as Record<string, string>
    return { path, name: String(name), version: String(version), licence: license }
  })
}
