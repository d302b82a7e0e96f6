import { readFileSync } from 'node:fs'
import dotenv from 'dotenv'
import { loadSettings, type Settings } from '../settings.ts'

/**
 * The settings of this process: its environment, filled up from `.env` in the working directory.
 * @throws ConfigError with all problems at once
 */
export function readEnvironment(): Settings {
  dotenv.config({ quiet: true })
  return loadSettings({ env: process.env, readFile: (path) => readFileSync(path, 'utf8') })
}
