/** What a vendor would keep its keys in instead: each filled with as many rows, and asked for them by the crmKey. */
import { join } from 'node:path'
import { crmKeyOf } from '../databases/customers.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { started } from '../processes/started.ts'
import { timed } from '../processes/timed.ts'

const { STORE = '', FOLDER = '', CUSTOMERS = '' } = process.env

/** Resolves to the apiKey. */
type Find = (crmKey: string) => Promise<string | undefined>

interface SlackStore {
  storeInstallation(installation: object): Promise<void>
  fetchInstallation(query: { teamId: string }): Promise<{ bot?: { token: string } }>
}

interface Slack {
  FileInstallationStore: new (options: { baseDir: string }) => SlackStore
}

interface Session {
  accessToken?: string
}

interface ShopifyStorage {
  ready: Promise<void>
  storeSession(session: Session): Promise<boolean>
  loadSession(id: string): Promise<Session | undefined>
}

interface Shopify {
  Session: new (fields: object) => Session
  SQLiteSessionStorage: new (file: string) => ShopifyStorage
}

/** By a name that only the folder's own packages have, so that nothing else depends on them. */
const load = async <T>(...names: string[]): Promise<T> => {
  const modules = await Promise.all(names.map((name) => import(name) as Promise<object>))
  return Object.assign({}, ...modules) as T
}

const customers = Array.from({ length: Number(CUSTOMERS) }, (_, i) => ({
  ...{
    crmKey: crmKeyOf(i),
    apiKey: `api-key-of-customer-number-${String(i)}`,
    name: `Customer ${String(i)} Ltd`,
  },
}))

const STORES: Record<string, () => Promise<Find>> = {
  async slack() {
    const { FileInstallationStore } = await load<Slack>('@slack/oauth')
    const store = new FileInstallationStore({ baseDir: FOLDER })
    for (const { crmKey, apiKey, name } of customers) {
      const user = { id: 'admin', token: undefined, scopes: undefined }
      const bot = { token: apiKey, scopes: ['crm'], id: 'bot', userId: 'admin' }
      await store.storeInstallation({ team: { id: crmKey, name }, enterprise: undefined, user, bot })
    }
    return async (crmKey) => (await store.fetchInstallation({ teamId: crmKey })).bot?.token
  },
  async shopify() {
    const [api, storages] = ['@shopify/shopify-api', '@shopify/shopify-app-session-storage-sqlite']
    await load(`${api}/adapters/node`)
    const { Session, SQLiteSessionStorage } = await load<Shopify>(api, storages)
    const storage = new SQLiteSessionStorage(join(FOLDER, 'sessions.db'))
    await storage.ready
    for (const { crmKey, apiKey, name } of customers) {
      const fields = { id: crmKey, shop: name, state: 'connected', isOnline: false, accessToken: apiKey }
      await storage.storeSession(new Session(fields))
    }
    return async (crmKey) => (await storage.loadSession(crmKey))?.accessToken
  },
}

const find = await STORES[STORE]?.()

answerParent({
  'look up': (count: number) =>
    timed(async () => {
      for (let i = 0; i < count; i++) {
        const crmKey = customers[(i * 7919) % customers.length]?.crmKey ?? ''
        if (!(await find?.(crmKey))) throw new Error('a good key is not found')
      }
    }),
})
started()
