import type { DatabaseAddress } from '../config/fields/database-url.ts'
import type { CountKeyUse } from '../crypto/sealer.ts'
import { checkKeys, noteSealingKey } from './check-keys.ts'
import { aheadOfDatabase, type OwnClock } from './clock-watch.ts'
import { copierBetween, type OpenCopier } from './copy.ts'
import type { RestoreOptions } from './held.ts'
import type { Inspection } from './inspection.ts'
import { judgeCopy, type CopyFacts } from './judge-copy.ts'
import type { OpenOptions } from './open-options.ts'
import type { Installs, KeyStore, ReplicaKeys, Store } from './port.ts'
import { openPostgresKeys, openPostgresRows, openPostgresStore } from './postgres/index.ts'
import { dump } from './postgres/dump.ts'
import { openDump } from './postgres/dump-rows.ts'
import { inspectPostgres } from './postgres/inspect.ts'
import { migratePostgres, planPostgres } from './postgres/migrate.ts'
import { restorePostgres } from './postgres/restore.ts'
import { resealer, type Resealer } from './reseal.ts'
import type { BackUpOptions } from './row-source.ts'
import { placeOf, SEALED } from './sealed-columns.ts'
import { sealKeys, sealStore } from './sealed.ts'
import { backUpSqlite, openSqliteFile } from './sqlite/backup.ts'
import { openSqliteKeys, openSqliteStore } from './sqlite/index.ts'
import { inspectSqlite } from './sqlite/inspect.ts'
import { migrateSqlite, openSqliteRows, planSqlite } from './sqlite/migrate-file.ts'
import { restoreSqlite } from './sqlite/restore.ts'
import { tryValues, type TriedValues } from './try-values.ts'
import { wholeFile } from './whole-file.ts'
import { withKeys, type StoreSettings } from './with-keys.ts'

/** The engines. A new one gets its line here. */
const ENGINES = {
  sqlite: {
    ...{ open: openSqliteStore, openKeys: openSqliteKeys, inspect: inspectSqlite },
    ...{ migrate: migrateSqlite, plan: planSqlite, openRows: openSqliteRows },
    ...{ backUp: backUpSqlite, openFile: openSqliteFile, restore: restoreSqlite },
  },
  postgres: {
    ...{ open: openPostgresStore, openKeys: openPostgresKeys, inspect: inspectPostgres },
    ...{ migrate: migratePostgres, plan: planPostgres, openRows: openPostgresRows },
    ...{ backUp: dump, openFile: openDump, restore: restorePostgres },
  },
}

export type { Resealer }

/**
 * Opens the store that the settings name: keys checked, then migrated, sealed, ready. A database that needs a key which
 * is not there is left as it was. `count` hears of every use of an encryption key.
 * @throws StoreUnusable, or StoreUnavailable while another process holds the database
 */
export async function openStore(
  settings: StoreSettings,
  { count, ...time }: Omit<OpenOptions, 'beforeWriting' | 'teller'> & { count?: CountKeyUse } = {},
): Promise<Store> {
  const { keyRing, sealer, engine } = await openEngine(settings, time, count)
  await noteSealingKey(engine, keyRing, sealer)
  return sealStore(engine, sealer)
}

/**
 * Opens the store of a running service only to look keys up: nothing is written, nothing migrated.
 * @throws StoreUnusable, also when the service has never started on this database
 */
export async function openKeyStore(settings: StoreSettings): Promise<OpenKeyStore> {
  const { keyRing, sealer, engine } = await openForReading(settings)
  try {
    await checkKeys(engine, keyRing, sealer)
  } catch (error) {
    await engine.close()
    throw error
  }
  return { keys: sealKeys(engine.keys, sealer), close: () => engine.close() }
}

interface OpenKeyStore {
  keys: KeyStore
  close(): Promise<void>
}

/**
 * Opens the store for `wauth keys rotate`: its values as they lie there, and the key that they are to be sealed with.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function openResealer(
  settings: StoreSettings,
  { readOnly }: { readOnly: boolean },
): Promise<Resealer> {
  const { keyRing, sealer, engine } = await (readOnly ? openForReading(settings) : openEngine(settings))
  return resealer(engine, keyRing, sealer)
}

/**
 * Opens every sealed value of a store, and writes nothing.
 * @throws StoreUnusable, also when the database is not at the schema of this version
 */
export async function tryEveryValue(settings: StoreSettings): Promise<TriedValues> {
  const { sealer, engine } = await openForReading(settings)
  return tryValues(engine, sealer).finally(() => engine.close())
}

/**
 * Which encryption keys the running replicas of a service have.
 * @throws StoreUnusable, also when the database is not at the schema of this version
 */
export async function announcedKeys(settings: StoreSettings): Promise<ReplicaKeys[]> {
  const { engine } = await openForReading(settings)
  return engine.sealingKeys.announced().finally(() => engine.close())
}

/**
 * The crmKey that a CRM account has now; null when it is not connected.
 * @throws StoreUnusable, also when the database is not at the schema of this version; SealError
 */
export async function crmKeyOf(settings: StoreSettings, crmAccountId: string): Promise<string | null> {
  const { sealer, engine } = await openForReading(settings)
  const found = async () => {
    const id = (await engine.keys.current(crmAccountId))?.generationId ?? ''
    const sealed = await engine.sealedValues.find(SEALED.crmKey, id)
    return sealed && sealer.open(sealed, placeOf(SEALED.crmKey, id))
  }
  return found().finally(() => engine.close())
}

/**
 * By how many milliseconds this machine's clock is ahead of the database's; null where that has none of its own.
 * @throws StoreUnusable, also when the database is not at the schema of this version
 */
export async function clockAhead(settings: StoreSettings, own: OwnClock): Promise<number | null> {
  const { engine } = await openForReading(settings)
  return aheadOfDatabase(engine, own).finally(() => engine.close())
}

/**
 * Whether new installs are paused.
 * @throws StoreUnusable, also when the database is not at the schema of this version
 */
export async function installsNow(settings: StoreSettings): Promise<Installs> {
  const { engine } = await openForReading(settings)
  return engine.installs.read().finally(() => engine.close())
}

/** Looks at the database that the settings name; creates, migrates and changes nothing. */
export const inspectStore = async ({ database }: Pick<StoreSettings, 'database'>): Promise<Inspection> =>
  ENGINES[database.engine].inspect(database.place.reveal())

/**
 * Brings the database to the schema of this version, or only says what would be done.
 * Resolves to the names of the migrations.
 * @throws StoreUnusable, StoreUnavailable
 */
export const migrateStore = (
  { database }: Pick<StoreSettings, 'database'>,
  { plan }: { plan: boolean },
): Promise<string[]> => ENGINES[database.engine][plan ? 'plan' : 'migrate'](database.place.reveal())

/** Copies the database into a new file, and opens every sealed value of the copy before that has its name. */
export const backUpStore = (settings: StoreSettings, file: string, how: BackUpOptions): Promise<CopyFacts> =>
  wholeFile(file, async (unfinished) => {
    const { backUp, openFile } = ENGINES[settings.database.engine]
    await backUp(settings.database.place.reveal(), unfinished, how)
    const copy = await openFile(unfinished, how.programs)
    return judgeCopy(copy, settings.encryptionKeys.reveal()).finally(() => copy.close())
  })

/** Opens a copy, and the database that it is to replace. @throws StoreUnusable, StoreUnavailable; AppError while that is in use */
export const openRestore = ({ engine, place }: DatabaseAddress, file: string, options: RestoreOptions) =>
  ENGINES[engine].restore(place.reveal(), file, options)

/**
 * Opens two databases of stopped services, to copy the rows of one into the other.
 * @throws StoreUnusable, also when the target holds rows of its own; StoreUnavailable
 */
export const openCopier = (from: DatabaseAddress, to: DatabaseAddress): Promise<OpenCopier> =>
  copierBetween(
    () => openRows(from),
    () => openRows(to),
  )

const openRows = ({ engine, place }: DatabaseAddress) => ENGINES[engine].openRows(place.reveal())

async function openEngine(settings: StoreSettings, time: OpenOptions = {}, count?: CountKeyUse) {
  const { database, keyRing, sealer } = withKeys(settings, count)
  const engine = await ENGINES[database.engine].open(database.place.reveal(), {
    ...time,
    ...(settings.events && { teller: sealer }),
    beforeWriting: (records) => checkKeys(records, keyRing, sealer),
  })
  return { keyRing, sealer, engine }
}

async function openForReading(settings: StoreSettings) {
  const { database, keyRing, sealer } = withKeys(settings)
  return { keyRing, sealer, engine: await ENGINES[database.engine].openKeys(database.place.reveal()) }
}
