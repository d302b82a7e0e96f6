import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import dotenv from 'dotenv'
import { ConfigError } from '../config/config-error.ts'
import { judgeEnvFile, type EnvFileFindings } from '../config/env-file.ts'
import type { SettingsSource } from '../config/text-value.ts'

/** Where the settings of this process come from: its environment, filled up from `.env` in the working directory. */
export function environmentSource(): SettingsSource {
  const file = readEnvFile()
  return { env: process.env, readFile: (path) => readFileSync(path, 'utf8'), ...(file && { file }) }
}

function readOrRefuse(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    const hint = 'Let this user read it, or move it away.'
    throw new ConfigError([{ name: '.env', problem: 'is there and cannot be read', hint }])
  }
}

/** What the file says of names that the environment does not have counts. */
function readEnvFile(): EnvFileFindings | null {
  const path = resolve('.env')
  if (!existsSync(path)) return null
  const text = readOrRefuse(path)
  const all = Object.entries(dotenv.parse(text))
  const read = Object.fromEntries(all.filter(([name]) => process.env[name] === undefined))
  Object.assign(process.env, read)
  return judgeEnvFile(text, read)
}
