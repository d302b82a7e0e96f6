import { readdirSync } from 'node:fs'

/** The migrations of a folder, in their order. */
export function migrationFiles(folder: URL): { version: number; name: string }[] {
  const files = readdirSync(folder).filter((name) => /^\d+\.do\..*sql$/.test(name))
  return files.sort().map((name) => ({ name, version: Number(name.split('.')[0]) }))
}
