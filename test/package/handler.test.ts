import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { openStore } from '../../src/store/index.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { answeredWrongly, ODD_BODIES, ODD_BUT_WHOLE, TRIALS } from '../support/odd-webhooks.ts'
import { handlerFaults } from '../support/handler-faults.ts'
import { onlyLoopback } from '../support/service-process.ts'

const project = join(import.meta.dirname, '../..')

/** The handler of the README, to the letter, in a folder of its own with the built package beside it. */
let at: FilledDatabase
let child: ChildProcess
let url: string
let crmKey = ''
let output = ''

beforeAll(async () => {
  if (!existsSync(join(project, 'dist/package/open-keys.js'))) {
    await promisify(execFile)('npm', ['run', 'build'], { cwd: project })
  }
  at = await filledDatabase(async (store) => {
    ;({ crmKey } = await connected(store, 'acme', 'the-api-key-of-acme'))
  })
  const readme = await readFile(join(project, 'README.md'), 'utf8')
  const code = /<!-- handler:start -->\s*```js\n(.*?)```\s*<!-- handler:end -->/s.exec(readme)?.[1]
  if (code === undefined) throw new Error('the README has no handler')
  await mkdir(join(at.folder, 'node_modules'))
  await symlink(project, join(at.folder, 'node_modules/wauth-connector'))
  await symlink(join(project, 'node_modules/fastify'), join(at.folder, 'node_modules/fastify'))
  await writeFile(join(at.folder, 'handler.mjs'), code)
  const port = await freePort()
  url = `http://127.0.0.1:${port}/wazzup/webhooks`
  child = spawn(process.execPath, [...onlyLoopback, 'handler.mjs'], {
    cwd: at.folder,
    env: { ...at.env, PORT: String(port) },
  })
  const listening = new Promise<void>((resolve, reject) => {
    const see = (chunk: Buffer) => {
      output += chunk.toString('utf8')
      if (output.includes('Server listening')) resolve()
    }
    child.stdout?.on('data', see)
    child.stderr?.on('data', see)
    child.once('close', (code) => {
      reject(new Error(`the handler ended with ${code}: ${output}`))
    })
  })
  await listening
}, 600_000)

afterAll(async () => {
  child.kill()
  await once(child, 'close').catch(() => undefined)
  await at.remove()
})

/** As Wazzup sends it, with its content type that no parser takes. */
async function send(
  body: object | string,
  headers: Record<string, string> = { authorization: `Bearer ${crmKey}` },
) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset-utf-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), json }
}

test.each(TRIALS)('answers the trial with 200, with and without a key: %j', async (trial) => {
  for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: `Bearer ${crmKey}` }]) {
    expect(await send(trial, headers)).toMatchObject({ status: 200, json: { ok: true } })
  }
})

test('what is odd is answered 400 or with an entity, and never fails', async () => {
  expect(await answeredWrongly(ODD_BODIES, send)).toEqual([])
  for (const body of ODD_BUT_WHOLE)
    expect(await send(body)).toMatchObject({ status: 200, json: { id: expect.any(String) as string } })
})

test('knows whose message it is, and logs no key', async () => {
  expect((await send({ messages: [{ messageId: 'm-1' }] })).status).toBe(200)
  await expect.poll(() => output, { timeout: 30_000 }).toContain('"crmAccountId":"acme","messageId":"m-1"')
  expect(output).not.toContain(crmKey)
  expect(output).not.toContain('the-api-key-of-acme')
})

test('creates a contact and a deal and answers with them, the same when asked again', async () => {
  const createContact = {
    ...{ responsibleUserId: 'u-1', name: 'Ann', source: 'auto' },
    contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
  }
  const contact = await send({ createContact })
  expect(contact).toMatchObject({ status: 200, json: { name: 'Ann', responsibleUserId: 'u-1' } })
  expect((await send({ createContact })).json).toEqual(contact.json)
  const createDeal = { responsibleUserId: 'u-1', contacts: [contact.json['id']], source: 'auto' }
  const deal = await send({ createDeal })
  expect(deal.json).toMatchObject({ contacts: [contact.json['id']], closed: false, responsibleUserId: 'u-1' })
  expect((await send({ createDeal })).json).toEqual(deal.json)
})

test('wauth check --handler finds nothing wrong with it', async () => {
  expect(await handlerFaults(at.settings({ WEBHOOKS_URL: url }), 'acme')).toEqual([])
})

test('refuses whoever has no key, or none that is known', async () => {
  const none = await send({ messages: [] }, {})
  expect(none).toMatchObject({ status: 401, challenge: 'Bearer', json: { code: 'no_crm_key' } })
  const unknown = await send({ messages: [] }, { authorization: `Bearer ${systemRandom(32)}` })
  expect(unknown).toMatchObject({ status: 401, json: { code: 'unknown_crm_key' } })
  expect(unknown.challenge).toContain('invalid_token')
  // The trial is nothing but the trial.
  expect((await send({ test: true, messages: [{ messageId: 'm-2' }] }, {})).status).toBe(401)
  // Nor does a stranger learn what would be taken.
  expect((await send({ createContact: null }, {})).status).toBe(401)
})

test('refuses a customer from the moment that another process has disconnected it', async () => {
  const store = await openStore(at.settings())
  await store.connections.disconnect('acme', OPERATOR, new Date())
  await store.close()
  expect((await send({ messages: [] })).status).toBe(401)
})
