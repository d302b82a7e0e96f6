import { execFile, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { connectorAtHand, pressConfirm, type TestConnector } from '../support/connector.ts'
import { handlerFaults } from '../support/handler-faults.ts'
import { freePort } from '../support/free-port.ts'
import { answeredWrongly, ODD_BODIES, ODD_BUT_WHOLE, TRIALS } from '../support/odd-webhooks.ts'
import { tempDir } from '../support/temp-dir.ts'
import { connectAccount, uploadEnd } from '../support/uploads.ts'
import { blockWith } from './blocks.ts'

const run = promisify(execFile)
const firstThatRuns = async (pythons: readonly string[], code: string) => {
  for (const python of pythons) {
    const ran = await run(python, ['-c', code]).catch(() => null)
    if (ran) return python
  }
  return null
}
const hasPython = (await firstThatRuns(['python3'], 'import json')) !== null
/** Debian's packages belong to Debian's Python, which need not be the first of the path. */
const pythonWithJwt = await firstThatRuns(['python3', '/usr/bin/python3'], 'import jwt, cryptography')

const page = (...words: string[]) => words.map((part) => blockWith('docs/login.md', part)).join('\n')
const WITH_SECRET = page('def hand_over')
const WITH_JWT = page('def hand_over', 'algorithm="HS256"')
const WITH_KEYS = page('def hand_over', 'algorithm="HS256"', 'def key_set')

type Printed = (expression: string) => Promise<string>

/** What an expression gives in a program of the documents. */
const printing =
  (python: string | null, code: string, env: Record<string, string>): Printed =>
  async (expression) => {
    const program = `${code}\nprint(${expression})`
    const { stdout } = await run(python ?? '', ['-c', program], {
      env: { PATH: process.env['PATH'], ...env },
    })
    return stdout.trim()
  }

/** A person of the CRM connects; the page of the CRM is the one of the documents. */
async function connectByHandOver(connector: TestConnector, printed: Printed) {
  const handOver = (request: string, returnTo: string) => {
    const user = "{'id': 'u-1', 'name': 'Ann', 'role': 'admin'}"
    return printed(`hand_over('${request}', '${returnTo}', ${user}, {'id': 'acme', 'name': 'Acme Travel'})`)
  }
  const browser = createBrowser()
  const state = await connector.sandbox.wazzup.mintState()
  await browser.get(`${connector.url}/wauth?state=${state}`)
  const asked = new URL(browser.page.url).searchParams
  const request = asked.get('request') ?? ''
  await expect(handOver(request, 'https://evil.example/wauth/callback')).rejects.toThrow('not our connector')
  await browser.get(await handOver(request, asked.get('return_to') ?? ''))
  await pressConfirm(browser)
  expect(await connector.store.connections.find('acme')).toMatchObject({ status: 'connected' })
}

const unless = (python: string | null) => (python === null ? ', which is not here,' : '')

describe('the hand-over in Python logs its user in, and only for our connector', () => {
  test.skipIf(!hasPython)(`signed by the standard library${hasPython ? '' : ', which is not here,'}`, () =>
    withSecret('python3', WITH_SECRET),
  )

  test.skipIf(!pythonWithJwt)(`signed by PyJWT${unless(pythonWithJwt)}`, () =>
    withSecret(pythonWithJwt, WITH_JWT),
  )

  async function withSecret(python: string | null, code: string) {
    const connector = await connectorAtHand({ login: 'handoff' })
    const { HANDOFF_ISSUER = '', HANDOFF_SECRET = '' } = connector.environment
    const env = { PUBLIC_URL: connector.url, HANDOFF_ISSUER, HANDOFF_SECRET }
    await connectByHandOver(connector, printing(python, code, env))
  }

  test.skipIf(!pythonWithJwt)(`signed by PyJWT with a key pair${unless(pythonWithJwt)}`, async () => {
    const folder = await tempDir()
    onTestFinished(() => folder.remove())
    const HANDOFF_KEY_FILE = join(folder.path, 'handoff.pem')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await writeFile(HANDOFF_KEY_FILE, privateKey.export({ type: 'pkcs1', format: 'pem' }))
    const keySet = await printing(pythonWithJwt, WITH_KEYS, { HANDOFF_KEY_FILE })('json.dumps(key_set())')
    const crm = Fastify()
    crm.get('/jwks.json', () => JSON.parse(keySet) as object)
    onTestFinished(() => crm.close())
    const HANDOFF_JWKS_URL = `${await crm.listen({ host: '127.0.0.1', port: 0 })}/jwks.json`
    const connector = await connectorAtHand({
      login: 'handoff',
      env: { HANDOFF_SECRET: '', HANDOFF_JWKS_URL },
    })
    const { HANDOFF_ISSUER = '' } = connector.environment
    const env = { PUBLIC_URL: connector.url, HANDOFF_ISSUER, HANDOFF_KEY_FILE }
    await connectByHandOver(connector, printing(pythonWithJwt, WITH_KEYS, env))
    expect(Object.keys((JSON.parse(keySet) as { keys: object[] }).keys[0] ?? {})).not.toContain('d')
  })
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
    expect(await handlerFaults(connector.settings, 'acme')).toEqual([])
    await connector.app.stop()
    expect(await wazzup.deliver(wazzup.accountId, message)).toMatchObject({ status: 503 })
  })

  test('takes the trial in every form, and answers what is odd with 400 or an entity', async () => {
    const keys = Fastify()
    keys.post('/v1/keys/lookup', (request, reply) => {
      const { crmKey } = request.body as { crmKey: string }
      return reply.code(crmKey === 'good' ? 200 : 404).send({ crmAccountId: 'acme' })
    })
    onTestFinished(() => keys.close())
    const WAUTH_URL = await keys.listen({ host: '127.0.0.1', port: 0 })
    const folder = await tempDir()
    onTestFinished(() => folder.remove())
    const port = await freePort()
    const env = { WAUTH_URL, INTERNAL_TOKEN: 'token', PORT: String(port) }
    await program(blockWith('docs/webhooks-and-keys.md', 'ThreadingHTTPServer'), folder.path, env)
    const send = async (body: string, headers: Record<string, string> = { authorization: 'Bearer good' }) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
    }
    await expect.poll(() => send('').catch(() => null)).toMatchObject({ status: 200 })
    for (const trial of TRIALS) expect((await send(trial, {})).json).toEqual({ ok: true })
    expect((await send('{"test":true,"messages":[{}]}', {})).status).toBe(401)
    expect(await answeredWrongly(ODD_BODIES, send)).toEqual([])
    for (const body of ODD_BUT_WHOLE) expect((await send(body)).json).toHaveProperty('id')
  })
})
