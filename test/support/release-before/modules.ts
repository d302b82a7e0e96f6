import { join } from 'node:path'
import { inject } from 'vitest'
import type { Settings } from '../../../src/settings.ts'
import type { Keys } from '../../../src/keys/webhook-keys.ts'

const folder = inject('releaseBefore')

/** False where git or the commit is missing, as in a copy of the project without its history. */
export const isHere = folder !== null

/** For titles: it says why what follows was left out. */
export const RELEASE_BEFORE = isHere
  ? 'the release before'
  : 'the release before, of which there is no commit here'

/** What starts its service. */
export const MAIN_BEFORE = join(folder ?? '', 'src/main.ts')

/** What the tests use of its store. */
export interface StoreBefore {
  exchanges: { find: (stateHash: string) => Promise<unknown> }
  connections: { find: (crmAccountId: string) => Promise<unknown> }
  close: () => Promise<void>
}

type Opened = { store: StoreBefore; close: () => Promise<void> }

/** Its modules that the tests use, as it wrote them. */
interface Modules {
  'src/store/postgres/migrate.ts': { migratePostgres: (url: string) => Promise<string[]> }
  'src/store/postgres/index.ts': { openPostgresStore: (url: string) => Promise<StoreBefore> }
  'src/store/sqlite/index.ts': { openSqliteStore: (path: string) => Promise<StoreBefore> }
  'src/store/index.ts': {
    openStore: (settings: Pick<Settings, 'database' | 'encryptionKeys'>) => Promise<StoreBefore>
  }
  'src/package/keys.ts': {
    openKeys: (options: { databaseUrl: string; encryptionKeys: string }) => Promise<Keys>
  }
  'test/support/attempts.ts': {
    connected: (
      store: StoreBefore,
      account: string,
      apiKey: string,
    ) => Promise<{ crmKey: string; attemptId: string }>
  }
  'test/contracts/store.ts': { describeStore: (name: string, open: () => Promise<Opened>) => void }
  'test/contracts/uploads.ts': { describeUploads: (name: string, open: () => Promise<Opened>) => void }
}

/** Loads one of its modules. */
export const load = async <Path extends keyof Modules>(path: Path) =>
  (await import(join(folder ?? '', path))) as Modules[Path]
