import { loadSettings, type Settings } from '../settings.ts'
import { environmentSource } from './environment-source.ts'

/** What programs that a command starts are to know of this process: where they are, and whose files are theirs. */
export const programs = () => ({ PATH: process.env['PATH'], HOME: process.env['HOME'] })

/**
 * The settings of this process, checked.
 * @throws ConfigError with all problems at once
 */
export function readEnvironment(): Settings {
  return loadSettings(environmentSource())
}
