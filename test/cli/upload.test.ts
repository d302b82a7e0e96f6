import { beforeAll, expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { connectorFor } from '../support/connector.ts'
import { connectAccount, uploadEnd } from '../support/uploads.ts'
import { wauth } from '../support/wauth-command.ts'

const connector = connectorFor('all', { exports: { sizes: { acme: { contacts: 130, deals: 5 } } } })
beforeAll(async () => {
  connector.sandbox.crm.exports.alter = (row, { kind, index }) =>
    kind === 'contacts' && index === 3 ? { id: 'poisoned', name: 'Canary Person' } : row
  await connectAccount(connector)
})

const run = (...args: string[]) => wauth(['upload', ...args], { env: connector.environment })

test('status --watch stays until the end, and says what came of it', async () => {
  const { code, stdout } = await run('status', 'acme', '--watch')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Upload: done with rejects$/m)
  expect(stdout).toMatch(/^contacts +done with rejects +130 +130 +129 +1$/m)
  expect(stdout).toMatch(/^webhooks +done/m)
})

test('status --rejects lists kind, id, row and reason, and nothing of the person', async () => {
  const { stdout } = await run('status', 'acme', '--rejects')
  expect(stdout).toMatch(/^contacts +poisoned +4 +responsible_missing$/m)
  const json = await run('status', 'acme', '--rejects', '--json')
  expect(JSON.parse(json.stdout)).toEqual([
    { kind: 'contacts', rowId: 'poisoned', position: 4, reason: 'responsible_missing' },
  ])
  expect(stdout + json.stdout).not.toContain('Canary')
})

test('start --webhooks-only takes the address back, and sends nothing else', async () => {
  const { wazzup, crm } = connector.sandbox
  wazzup.account().webhooks.uri = 'https://another.example/hook'
  const before = wazzup.requests.length
  const { code, stdout } = await run('start', 'acme', '--webhooks-only')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('--watch') as string })
  await uploadEnd(connector)
  expect(wazzup.account().webhooks.uri).toBe(crm.webhooksUrl)
  expect(new Set(wazzup.requests.slice(before).map(({ path }) => path))).toEqual(new Set(['/v3/webhooks']))
})

test('an upload that fails: status exits 1, with and without --watch', async () => {
  await uploadEnd(connector)
  connector.sandbox.crm.exports.faults.push(fault.refuse(403))
  expect(await run('start', 'acme')).toMatchObject({ code: 0 })
  const { code, stdout } = await run('status', 'acme', '--watch')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^Upload: failed \(export_refused\)$/m)
  expect(stdout).toMatch(/^deals +done/m)
  expect((await run('status', 'acme')).code).toBe(1)
  expect((await run('status', 'acme', '--rejects')).code).toBe(1)
})

test.each([
  ['status', 'no_upload'],
  ['start', 'unknown_connection'],
])('%s of an account that is not there: %s', async (command, told) => {
  const { code, stderr } = await run(command, 'nobody')
  expect(code).toBe(1)
  expect(stderr).toContain(told)
})
