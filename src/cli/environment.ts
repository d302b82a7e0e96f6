import { readFileSync } from 'node:fs'
import dotenv from 'dotenv'
import type { SettingsSource } from '../config/text-value.ts'
import { loadSettings, type Settings } from '../settings.ts'

/** Where the settings of this process come from: its environment, filled up from `.env` in the working directory. */
export function environmentSource(): SettingsSource {
  dotenv.config({ quiet: true })
  return { env: process.env, readFile: (path) => readFileSync(path, 'utf8') }
}

/**
 * The settings of this process, checked.
 * @throws ConfigError with all problems at once
 */
export function readEnvironment(): Settings {
  return loadSettings(environmentSource())
}
