import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { connectorAtHand, pressConfirm } from '../support/connector.ts'
import { freePort } from '../support/free-port.ts'
import { connectAccount, uploadEnd } from '../support/uploads.ts'
import { blockWith } from './blocks.ts'

const run = promisify(execFile)
const runs = (...code: string[]) =>
  run('python3', ['-c', ...code]).then(
    () => true,
    () => false,
  )
const [hasPython, hasPyJwt] = [await runs('import json'), await runs('import jwt')]

const SIGNED_BY = {
  'the standard library': (code: string) => code,
  PyJWT: (code: string) =>
    `import jwt\n${code.replace(/def sign\(claims\):\n {4}# With PyJWT: (return .*)\n/, 'def sign(claims):\n    $1\n')}`,
}

describe.skipIf(!hasPython)(`the hand-over in Python${hasPython ? '' : ', which is not here,'}`, () => {
  test.each(Object.entries(SIGNED_BY).filter(([by]) => by !== 'PyJWT' || hasPyJwt))(
    'signed by %s, logs its user in, and only for our connector',
    async (_by, change) => {
      const connector = await connectorAtHand({ login: 'handoff' })
      const { HANDOFF_ISSUER = '', HANDOFF_SECRET = '' } = connector.environment
      const env = { PATH: process.env['PATH'], PUBLIC_URL: connector.url, HANDOFF_ISSUER, HANDOFF_SECRET }
      const code = change(blockWith('docs/install.md', 'def hand_over'))
      const handOver = async (request: string, returnTo: string) => {
        const user = "{'id': 'u-1', 'name': 'Ann', 'role': 'admin'}"
        const call = `hand_over('${request}', '${returnTo}', ${user}, {'id': 'acme', 'name': 'Acme Travel'})`
        return (await run('python3', ['-c', `${code}\nprint(${call})`], { env })).stdout.trim()
      }
      const browser = createBrowser()
      const state = await connector.sandbox.wazzup.mintState()
      await browser.get(`${connector.url}/wauth?state=${state}`)
      const asked = new URL(browser.page.url).searchParams
      const request = asked.get('request') ?? ''
      await expect(handOver(request, 'https://evil.example/wauth/callback')).rejects.toThrow(
        'not our connector',
      )
      await browser.get(await handOver(request, asked.get('return_to') ?? ''))
      await pressConfirm(browser)
      expect(await connector.store.connections.find('acme')).toMatchObject({ status: 'connected' })
    },
  )
})

/** Runs a program of the documents until the test ends; resolves to what it says. */
async function program(code: string, folder: string, env: Record<string, string>) {
  const file = join(folder, 'program.py')
  await writeFile(file, code)
  const child = spawn('python3', [file], { env: { PATH: process.env['PATH'], ...env } })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill()
    await closed
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  return () => said
}

describe.skipIf(!hasPython)(`the export in Python${hasPython ? '' : ', which is not here,'}`, () => {
  test('arrives whole, over several pages, and is open to nobody without the token', async () => {
    const port = await freePort()
    const env = {
      CRM_EXPORT_URL: `http://127.0.0.1:${port}/export`,
      CRM_EXPORT_TOKEN: 'a-token-of-this-test-0123456789',
    }
    const connector = await connectorAtHand({ env })
    await program(blockWith('docs/upload.md', 'class Export'), connector.folder, {
      ...env,
      PORT: String(port),
    })
    await connectAccount(connector)
    expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
    const { users, contacts } = connector.sandbox.wazzup.account()
    expect([users.size, contacts.size]).toEqual([1, 250])
    const refused = async (query: string, headers = {}) =>
      (await fetch(`${env.CRM_EXPORT_URL}/users?${query}`, { headers })).status
    expect(await refused('account=acme')).toBe(401)
    expect(await refused('account=nobody', { authorization: `Bearer ${env.CRM_EXPORT_TOKEN}` })).toBe(404)
  })
})

describe.skipIf(!hasPython)(`the handler in Python${hasPython ? '' : ', which is not here,'}`, () => {
  test('answers the trial, knows whose a message is, makes one contact of a client, and refuses strangers', async () => {
    const [port, internalPort] = [await freePort(), await freePort()]
    const token = 'an-internal-token-of-the-test-that-is-long'
    const env = { WAUTH_URL: `http://127.0.0.1:${internalPort}`, INTERNAL_TOKEN: token, PORT: String(port) }
    const connector = await connectorAtHand({
      env: {
        ...{ INTERNAL_TOKEN: token, INTERNAL_PORT: String(internalPort) },
        WEBHOOKS_URL: `http://127.0.0.1:${port}/wazzup/webhooks`,
      },
    })
    const said = await program(
      blockWith('docs/webhooks-and-keys.md', 'ThreadingHTTPServer'),
      connector.folder,
      env,
    )
    const { wazzup } = connector.sandbox
    await connectAccount(connector)
    // The address was registered, so the trial was answered.
    expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
    const message = { messages: [{ messageId: 'm-1', text: 'Hello' }] }
    expect(await wazzup.deliver(wazzup.accountId, message)).toMatchObject({ status: 200 })
    await expect.poll(said).toContain("acme ['messages']")
    expect(await wazzup.deliver(wazzup.accountId, message, { crmKey: 'nobody' })).toMatchObject({
      status: 401,
    })
    const client = { chatType: 'whatsapp', chatId: '79990001122', name: 'Zoe' }
    expect(await wazzup.meetNewClient(wazzup.accountId, client)).toMatchObject({
      ...{ kind: 'created', contact: { name: 'Zoe' }, deal: { contacts: ['contacts-1'] } },
    })
    await connector.app.stop()
    expect(await wazzup.deliver(wazzup.accountId, message)).toMatchObject({ status: 503 })
  })
})
