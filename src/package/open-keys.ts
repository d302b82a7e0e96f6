import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../config/config-error.ts'
import { databaseUrl } from '../config/fields/database-url.ts'
import { encryptionKeys } from '../config/fields/encryption-keys.ts'
import { readSection } from '../config/read-section.ts'
import { createLookup } from '../keys/lookup.ts'
import { createKeys, type Keys } from '../keys/webhook-keys.ts'
import { openKeyStore } from '../store/index.ts'

export {
  authenticateWebhooks,
  type AuthenticateWebhooksOptions,
} from '../http/handler/authenticate-webhooks.ts'
export type { Keys, WebhookConnection } from '../keys/webhook-keys.ts'

/** The same values that the service has. */
export interface KeysOptions {
  /** As in `DATABASE_URL`. */
  databaseUrl: string
  /** As in `ENCRYPTION_KEYS`. */
  encryptionKeys: string
}

const Options = z.object({
  databaseUrl: databaseUrl().meta({ description: 'The DATABASE_URL of the service.' }),
  encryptionKeys: encryptionKeys().meta({ description: 'The ENCRYPTION_KEYS of the service.' }),
})

/**
 * Opens the database of a running service to look keys up, and never writes to it.
 *
 * ```ts
 * const keys = await openKeys({ databaseUrl: 'file:/data/wauth.db', encryptionKeys: 'k1:…' })
 * const connection = await keys.lookup(request.headers.authorization)
 * ```
 * @throws an error with a `code` and a `hint`: bad options, no such database, a key that is missing or wrong
 */
export async function openKeys(options: KeysOptions): Promise<Keys> {
  const read = readSection(Options, { env: { ...options }, readFile: (path) => readFileSync(path, 'utf8') })
  if (!read.complete) throw new ConfigError(read.problems)
  const { databaseUrl: database, encryptionKeys: ring } = read.complete
  const store = await openKeyStore({ database, encryptionKeys: ring })
  return createKeys(createLookup(store.keys), () => store.close())
}
