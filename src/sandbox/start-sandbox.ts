import { randomBytes } from 'node:crypto'
import { authenticateByLookup, type LookupOptions } from './crm/handler/authenticate.ts'
import { startDemoCrm, type DemoCrm, type DemoCrmOptions } from './crm/start-demo-crm.ts'
import { startWazzup, type WazzupSimulator } from './wazzup/start-wazzup.ts'
import type { Switches } from './wazzup/switches.ts'

export interface SandboxOptions {
  /** Origin at which the connector will be reached. */
  connectorUrl: string
  /** Which login the connector is to use, default `oidc`. */
  login?: 'oidc' | 'handoff'
  wazzupPort?: number
  crmPort?: number
  switches?: Partial<Switches>
  /** How the demo CRM's export behaves; everything can be changed later by `crm.exports`. */
  exports?: DemoCrmOptions['exports']
  /** The connector's key lookup, by which the demo CRM's webhook handler tells whose webhook it got. */
  lookup?: LookupOptions
  /** The connector's internal listener, to which the demo CRM passes on what is changed in it. */
  changes?: DemoCrmOptions['changes']
}

export interface Sandbox {
  wazzup: WazzupSimulator
  crm: DemoCrm
  /** What a connector needs to know of the two: names and values of its settings. */
  environment: Record<string, string>
  close: () => Promise<void>
}

const secret = () => randomBytes(32).toString('base64url')

type Client = Pick<DemoCrmOptions, 'clientId' | 'clientSecret'> & { handoffSecret: string }

/** How a connector logs people in at the demo CRM, as settings; of its users, administrators may connect. */
const loginEnvironment = {
  oidc: (crm: DemoCrm, { clientId, clientSecret }: Client) => ({
    OIDC_ISSUER: crm.issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    OIDC_SCOPE: 'openid profile crm',
    OIDC_ACCOUNT_ID_CLAIM: 'account_id',
    OIDC_ACCOUNT_NAME_CLAIM: 'account_name',
    OIDC_ROLE_CLAIM: 'role',
    OIDC_ALLOWED_ROLES: 'admin',
  }),
  handoff: (crm: DemoCrm, { handoffSecret }: Client) => ({
    HANDOFF_LOGIN_URL: crm.handoffLoginUrl,
    HANDOFF_ISSUER: crm.issuer,
    HANDOFF_SECRET: handoffSecret,
    HANDOFF_ALLOWED_ROLES: 'admin',
  }),
}

/** Starts the Wazzup simulator and the demo CRM, with secrets made for this one run. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { connectorUrl, login = 'oidc', wazzupPort = 0, crmPort = 0, switches = {} } = options
  const module = {
    crmCode: 'demo-crm',
    crmName: 'Demo CRM',
    secret: secret(),
    authRedirectUri: new URL('/wauth', connectorUrl).href,
  }
  const client = { clientId: 'wauth-connector', clientSecret: secret(), handoffSecret: secret() }
  const wazzup = await startWazzup({ port: wazzupPort, module, switches })
  const data = {
    ...(options.exports && { exports: options.exports }),
    ...(options.changes && { changes: options.changes }),
    ...(options.lookup && { authenticate: authenticateByLookup(options.lookup) }),
  }
  const crm = await startDemoCrm({
    ...{ port: crmPort, connectorUrl, startUrl: wazzup.marketplaceUrl },
    ...client,
    ...data,
  }).catch(async (error: unknown) => {
    await wazzup.close()
    throw error
  })
  return {
    wazzup,
    crm,
    environment: {
      WAZZUP_API_URL: wazzup.url,
      WAZZUP_APP_URL: wazzup.marketplaceUrl,
      WAZZUP_CRM_CODE: module.crmCode,
      WAZZUP_SECRET: module.secret,
      CRM_NAME: module.crmName,
      CRM_EXPORT_URL: crm.exportUrl,
      CRM_EXPORT_TOKEN: crm.exportToken,
      WEBHOOKS_URL: crm.webhooksUrl,
      LOGIN: login,
      ...loginEnvironment[login](crm, client),
    },
    close: async () => {
      await Promise.all([wazzup.close(), crm.close()])
    },
  }
}
