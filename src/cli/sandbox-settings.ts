import { z } from 'zod'
import { ConfigError } from '../config/config-error.ts'
import { readSection } from '../config/read-section.ts'
import { crm } from '../config/sections/crm.ts'
import { listeners } from '../config/sections/listeners.ts'
import { runtime } from '../config/sections/runtime.ts'
import { wazzup } from '../config/sections/wazzup.ts'
import { environmentSource } from './environment-source.ts'

const settingsOfModule = z.object({
  ...wazzup.shape,
  PUBLIC_URL: listeners.shape.PUBLIC_URL,
  TENANT_HOSTS: crm.shape.TENANT_HOSTS,
  CRM_NAME: crm.shape.CRM_NAME,
  NODE_ENV: runtime.shape.NODE_ENV,
})

export type SandboxSettings = z.output<typeof settingsOfModule>

/**
 * What a simulated Wazzup has to know of the vendor's set-up, which may still be incomplete.
 * @throws ConfigError with all problems at once
 */
export function readSandboxSettings(): SandboxSettings {
  const { complete, problems } = readSection(settingsOfModule, environmentSource())
  if (!complete || problems.length > 0) throw new ConfigError(problems)
  return complete
}
