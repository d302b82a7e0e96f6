import { expect, test } from 'vitest'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { tenantHosts } from '../../../src/cli/check/tenant-hosts.ts'
import { loadSettings } from '../../../src/settings.ts'
import { connectorFor } from '../../support/connector.ts'

const connector = connectorFor('all', { env: { TENANT_HOSTS: 'localhost' } })

const check = (patterns: string, tenantHost: string | null = null) => {
  const source = { env: { ...connector.environment, TENANT_HOSTS: patterns }, readFile: () => '' }
  return tenantHosts.run(createContext({ settings: loadSettings(source), source, account: null, tenantHost }))
}

test('a host of a customer that leads to the service passes, one that does not fails with what to do', async () => {
  expect(await check('localhost')).toMatchObject({ status: 'pass' })
  expect(await check('localhost,crm.invalid')).toMatchObject({
    ...{ status: 'failure', next: expect.stringContaining('DNS') as string },
    says: expect.stringContaining('crm.invalid') as string,
  })
  // It is there, but is none of the service's tenants.
  expect(await check('*.crm.example', '127.0.0.1')).toMatchObject({ status: 'failure' })
})

test('a pattern cannot be visited without a host, and without any there is nothing to check', async () => {
  expect(await check('*.crm.example')).toMatchObject({ status: 'skip' })
  expect(await check('')).toMatchObject({ status: 'pass' })
})
