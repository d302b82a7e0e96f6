import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { loadSettings, type Settings } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { databaseFor } from './database-for.ts'
import { serviceEnvironment } from './set-up.ts'
import { tempDir } from './temp-dir.ts'

/** The discard port: nothing of ours listens there. */
const NOBODY = 'http://127.0.0.1:9'

export const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`

/** The environment of a service whose Wazzup and CRM nobody has to reach. */
export const lonelyEnvironment = (folder: string): Record<string, string> => ({
  ...serviceEnvironment(NOBODY, 9, folder),
  ...{ WAZZUP_API_URL: NOBODY, WAZZUP_CRM_CODE: 'acme-crm', WAZZUP_SECRET: 'a-long-enough-module-secret' },
  ...{ CRM_NAME: 'Acme', LOGIN: 'oidc', OIDC_ISSUER: NOBODY, OIDC_CLIENT_ID: 'c' },
  OIDC_CLIENT_SECRET: 'a-long-enough-client-secret',
})

/** A database that a service has used, with the environment of that service; `fill` puts something into it. */
export async function filledDatabase(
  fill: (store: Store) => Promise<void>,
  more: Record<string, string> = {},
) {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const env = { ...lonelyEnvironment(folder.path), DATABASE_URL: database.url, ...more }
  const settings = (changed: Record<string, string> = {}): Settings =>
    loadSettings({ env: { ...env, ...changed }, readFile: () => '' })
  const store = await openStore(settings())
  await fill(store)
  await store.close()
  return {
    env,
    settings,
    path: join(folder.path, 'wauth.db'),
    folder: folder.path,
    database,
    remove: async () => {
      await database.remove()
      await folder.remove()
    },
  }
}

export type FilledDatabase = Awaited<ReturnType<typeof filledDatabase>>
