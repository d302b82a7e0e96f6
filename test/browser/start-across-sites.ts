import { randomBytes } from 'node:crypto'
import { createApp } from '../../src/app.ts'
import { realEnvironment } from '../../src/compose/environment.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { startDemoCrm, type DemoCrm } from '../../src/sandbox/crm/start-demo-crm.ts'
import { startWazzup } from '../../src/sandbox/wazzup/start-wazzup.ts'
import { loadSettings } from '../../src/settings.ts'
import { freePort } from '../support/free-port.ts'
import { collectLog } from '../support/log-lines.ts'
import { serviceEnvironment } from '../support/set-up.ts'
import { tempDir } from '../support/temp-dir.ts'

const newSecret = () => randomBytes(32).toString('base64url')

const client = { clientId: 'wauth-connector', clientSecret: newSecret(), handoffSecret: newSecret() }

const loginEnvironment = {
  oidc: ({ issuer }: DemoCrm) => ({
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: client.clientId,
    OIDC_CLIENT_SECRET: client.clientSecret,
    OIDC_SCOPE: 'openid profile crm',
    OIDC_ACCOUNT_ID_CLAIM: 'account_id',
    OIDC_ACCOUNT_NAME_CLAIM: 'account_name',
  }),
  handoff: ({ issuer, handoffLoginUrl }: DemoCrm) => ({
    HANDOFF_LOGIN_URL: handoffLoginUrl,
    HANDOFF_ISSUER: issuer,
    HANDOFF_SECRET: client.handoffSecret,
  }),
}

/**
 * The real service whose CRM is, for a browser, another site: `localhost` beside 127.0.0.1. A hand-over's token comes
 * back in a form: a POST from another site.
 */
export async function startAcrossSites(login: 'oidc' | 'handoff') {
  const folder = await tempDir()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const module = { crmCode: 'demo-crm', secret: newSecret(), authRedirectUri: `${url}/wauth` }
  const wazzup = await startWazzup({ module })
  const crm = await startDemoCrm({ connectorUrl: url, host: 'localhost', handoffReturn: 'form', ...client })
  const settings = loadSettings({
    env: {
      ...serviceEnvironment(url, port, folder.path),
      WAZZUP_API_URL: wazzup.url,
      WAZZUP_CRM_CODE: module.crmCode,
      WAZZUP_SECRET: module.secret,
      CRM_NAME: 'Demo CRM',
      LOGIN: login,
      ...loginEnvironment[login](crm),
    },
    readFile: () => '',
  })
  const app = await createApp(settings, createLogger('trace', collectLog().destination), realEnvironment)
  await app.start()
  return {
    ...{ url, wazzup, crm },
    async stop() {
      await app.stop()
      await Promise.all([wazzup.close(), crm.close()])
      await folder.remove()
    },
  }
}
