import { onTestFinished } from 'vitest'
import { openServer } from '../../../src/sandbox/open-server.ts'
import { startDemoCrm, type DemoCrm, type DemoCrmOptions } from '../../../src/sandbox/crm/start-demo-crm.ts'

export const handoffSecret = 'a-hand-over-secret-of-32-bytes-or-more'
export const client = { clientId: 'connector', clientSecret: 'a-client-secret-for-tests' }

export interface CrmAtHand {
  crm: DemoCrm
  /** Origin of a connector that takes every answer and does nothing with it. */
  connectorUrl: string
}

/** A demo CRM and an address for people to come back to, both closed when the test ends. */
export async function crmAtHand(options: Partial<DemoCrmOptions> = {}): Promise<CrmAtHand> {
  const { app, url: connectorUrl } = await openServer()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.all('/wauth/callback', async ({ body }) => body ?? 'back again')
  await app.ready()
  onTestFinished(() => app.close())
  const crm = await startDemoCrm({ connectorUrl, ...client, handoffSecret, ...options })
  onTestFinished(() => crm.close())
  return { crm, connectorUrl }
}
