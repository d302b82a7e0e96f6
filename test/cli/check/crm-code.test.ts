import { expect, test } from 'vitest'
import { cookies } from '../../../src/cli/check/cookies.ts'
import { crmCode } from '../../../src/cli/check/crm-code.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { loadSettings } from '../../../src/settings.ts'
import { connectorFor } from '../../support/connector.ts'

const connector = connectorFor('all')

/** What a shell with this crmCode finds out about the service. */
async function check(changed: Record<string, string>) {
  const source = { env: { ...connector.environment, ...changed }, readFile: () => '' }
  const context = createContext({ settings: loadSettings(source), source, account: null, tenantHost: null })
  return { module: await crmCode.run(context), cookies: await cookies.run(context) }
}

test('a service of another module is named with what to do, and its cookies are blamed for nothing', async () => {
  expect(crmCode.title).toBe('WAZZUP_CRM_CODE')
  expect(await check({ WAZZUP_CRM_CODE: 'other-crm' })).toMatchObject({
    module: [{ status: 'failure', next: expect.stringContaining('WAZZUP_CRM_CODE') as string }],
    cookies: { status: 'skip' },
  })
  expect(await check({})).toMatchObject({ module: [], cookies: { status: 'pass' } })
})
