import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { crmExport } from '../../../src/cli/check/crm-export.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { usualControls } from '../../../src/sandbox/crm/export/controls.ts'
import { startSandbox, type Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { loadSettings } from '../../../src/settings.ts'
import { serviceEnvironment, SMALL_EXPORTS } from '../../support/connector.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ connectorUrl: 'http://127.0.0.1:1', exports: SMALL_EXPORTS })
})
afterEach(() => Object.assign(sandbox.crm.exports, usualControls(), SMALL_EXPORTS))
afterAll(() => sandbox.close())

const check = (more: Record<string, string> = {}, account = 'acme') => {
  const env = {
    ...sandbox.environment,
    ...serviceEnvironment('http://127.0.0.1:1', 3000, '/nowhere'),
    ...more,
  }
  const source = { env, readFile: () => '' }
  return crmExport.run(createContext({ settings: loadSettings(source), source, account, tenantHost: null }))
}

test('an export that keeps the contract: how much of each kind there is', async () => {
  const finding = await check()
  expect(finding).toMatchObject({ status: 'pass', next: null })
  expect(finding.says).toContain('12 users, 2 pipelines, 3 contacts, 2 deals')
})

test.each(['users', 'pipelines', 'contacts', 'deals'])(
  'a row of the %s that cannot be sent',
  async (poisoned) => {
    sandbox.crm.exports.alter = (row, { kind, index }) =>
      kind === poisoned && index === 1 ? { id: 'x' } : row
    const { status, says, next } = await check()
    expect(status).toBe('warning')
    expect(says).toContain(`${poisoned} on the first page cannot be sent as they are: name_missing`)
    expect(next).toContain('README')
  },
)

test.each([
  ['malformed', fault.processThenReply(200, { body: '[]' }), 'in another shape for the ', '"items"'],
  ['failing', fault.unavailable(500), 'answers 500 for the ', 'must answer 200 to GET …/'],
  ['refusing', fault.processThenReply(403, { body: '' }), 'refuses CRM_EXPORT_TOKEN for the ', 'same token'],
  ['cut off', fault.processThen('reset'), 'cannot be reached for the ', 'CRM_EXPORT_URL'],
])('%s: a failure that names the kind and how to mend it', async (_, broken, says, next) => {
  sandbox.crm.exports.faults.push(broken, broken, broken, broken)
  const finding = await check()
  expect(finding).toMatchObject({ status: 'failure' })
  expect(finding.says).toContain(`${says}users`)
  expect(finding.next).toContain(next)
})

test('an account that the CRM does not know', async () => {
  expect(await check({}, 'nobody')).toMatchObject({
    status: 'failure',
    says: expect.stringMatching(/404/) as string,
  })
})
