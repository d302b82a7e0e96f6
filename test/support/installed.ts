import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const canRun = (file: string) => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Where this machine has a program that comes with no package of npm: the first one found of these names. */
export const installed = (...names: string[]): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(canRun)

/** The first number that a program tells as its version; 0 where it is not installed. */
export function majorVersion(name: string): number {
  const program = installed(name)
  return program === undefined
    ? 0
    : Number(/\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0])
}
