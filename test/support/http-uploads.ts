import { onTestFinished } from 'vitest'
import type { CrmSource } from '../../src/crm/port.ts'
import { createExportSource } from '../../src/crm/export/source.ts'
import { authenticateWebhooks } from '../../src/http/handler/authenticate-webhooks.ts'
import { createLookup } from '../../src/keys/lookup.ts'
import { createKeys } from '../../src/keys/webhook-keys.ts'
import type { ExportControls } from '../../src/sandbox/crm/export/controls.ts'
import { createNewEntities } from '../../src/sandbox/crm/handler/new-entities.ts'
import { openServer } from '../../src/sandbox/open-server.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { seconds } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { createWazzupClient, type WazzupClient } from '../../src/wazzup/client.ts'
import { crmAtHand } from '../sandbox/crm/crm-at-hand.ts'
import { wazzupAtHand } from '../sandbox/wazzup/wazzup-at-hand.ts'
import { claimed, recordKey } from './attempts.ts'
import { driveUploads, drivenWorld, rejectsOf } from './drive-uploads.ts'
import type { DrivenTime } from './driven-time.ts'

interface HttpUpload {
  switches?: Partial<Switches>
  exports?: Partial<ExportControls>
}

/**
 * The real upload of acme, from a demo CRM to a simulator and with a handler of webhooks, all of them servers. Only what everybody
 * waits for, such as the next window of Wazzup's, passes at once.
 */
export async function uploadByHttp({ switches = {}, exports = {} }: HttpUpload) {
  const world = await drivenWorld()
  const { store, time, clock } = world
  const wazzup = await wazzupAtHand({ switches, now: clock })
  const { crm } = await crmAtHand({ exports: { pageSize: 1000, ...exports } })
  const exchange = await claimed(store, 'acme')
  const connection = Object.assign(await wazzup.connectDirectly(), { crmKey: exchange.crmKey })
  await recordKey(store, exchange, connection.apiKey, true)
  const webhooksUrl = new URL(await handlerOf(store))
  const client = createWazzupClient({
    apiUrl: new URL(wazzup.url),
    ...{ deadline: seconds(60), maxAnswer: 65_536 },
  })
  const source = createExportSource({ url: new URL(crm.exportUrl), token: () => crm.exportToken, clock })
  onTestFinished(() => Promise.all([client.close(), source.close()]).then(() => undefined))
  await driveUploads(['acme'], world, { ...outside(time, { client, source }), webhooksUrl })
  const upload = await store.uploads.find('acme')
  return { crm, wazzup, connection, crmKey: exchange.crmKey, upload, rejects: await rejectsOf(store, 'acme') }
}

const outside = (time: DrivenTime, { client, source }: { client: WazzupClient; source: CrmSource }) => ({
  client: { ...client, send: (call) => time.outside(client.send(call)) } satisfies WazzupClient,
  source: { ...source, page: (asked) => time.outside(source.page(asked)) } satisfies CrmSource,
})

/** A vendor's handler with the plugin of the product, which makes what it is asked for. */
async function handlerOf(store: Store) {
  const { app, url } = await openServer()
  onTestFinished(() => app.close())
  const entities = createNewEntities(url)
  await app.register(authenticateWebhooks, {
    keys: createKeys(createLookup(store.keys), async () => undefined),
  })
  app.post<{ Body: Record<string, unknown> }>('/hook', ({ body, wazzup: { crmAccountId } }, reply) => {
    const { createContact, createDeal } = body
    let made: object | null = {}
    if (createContact !== undefined) made = entities.contact(crmAccountId, createContact)
    else if (createDeal !== undefined) made = entities.deal(crmAccountId, createDeal)
    return made ? reply.send(made) : reply.code(400).send()
  })
  await app.ready()
  return `${url}/hook?second-factor=a.b~c`
}
