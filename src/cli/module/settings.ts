import { z } from 'zod'
import { ConfigError } from '../../config/config-error.ts'
import { readSection } from '../../config/read-section.ts'
import { checkRules } from '../../config/rules.ts'
import type { Secret } from '../../config/secret.ts'
import { crm } from '../../config/sections/crm.ts'
import { listeners } from '../../config/sections/listeners.ts'
import { runtime } from '../../config/sections/runtime.ts'
import { wayOut } from '../../config/sections/way-out.ts'
import { wazzup } from '../../config/sections/wazzup.ts'
import { wayOutOf } from '../../config/way-out.ts'
import type { WayOut } from '../../config/way-out.ts'
import { environmentSource } from '../environment-source.ts'

/** What `wauth module` needs to know: the module is registered long before the login or the database are set up. */
export interface ModuleSettings {
  development: boolean
  apiUrl: URL
  wayOut: WayOut
  crmCode: string
  secret: Secret
  partnerApiKey: Secret
  publicUrl: URL | null
  tenantHosts: readonly string[]
}

const { WAZZUP_PARTNER_API_KEY: partnerKey } = wazzup.shape

const fields = z.object({
  ...wazzup.shape,
  ...wayOut.shape,
  WAZZUP_PARTNER_API_KEY: partnerKey.unwrap().meta({
    description: 'Your own apiKey at Wazzup.',
    hint: 'In your own Wazzup account open «Integration with CRM», connect API, and copy its key.',
  }),
  PUBLIC_URL: listeners.shape.PUBLIC_URL.optional(),
  TENANT_HOSTS: crm.shape.TENANT_HOSTS,
  NODE_ENV: runtime.shape.NODE_ENV,
})

const withAddress = fields.extend({ PUBLIC_URL: listeners.shape.PUBLIC_URL })

/**
 * Reads those settings, and none else. `needsAddress`: PUBLIC_URL must be there, too.
 * @throws ConfigError with all problems at once
 */
export function readModuleSettings({ needsAddress }: { needsAddress: boolean }): ModuleSettings {
  const source = environmentSource()
  const { partial, complete, problems } = needsAddress
    ? readSection(withAddress, source)
    : readSection(fields, source)
  const { PUBLIC_URL, TENANT_HOSTS, ...known } = partial
  const way = wayOutOf(partial, source.readFile)
  const all = [...problems, ...way.problems, ...checkRules({ ...known, ...(PUBLIC_URL && { PUBLIC_URL }) })]
  if (all.length > 0 || !complete) throw new ConfigError(all)
  return {
    development: complete.NODE_ENV === 'development',
    apiUrl: complete.WAZZUP_API_URL,
    wayOut: way.wayOut,
    crmCode: complete.WAZZUP_CRM_CODE,
    secret: complete.WAZZUP_SECRET,
    partnerApiKey: complete.WAZZUP_PARTNER_API_KEY,
    publicUrl: PUBLIC_URL ?? null,
    tenantHosts: TENANT_HOSTS ?? [],
  }
}
