import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { EVENT_EXAMPLES } from '../../src/http/internal/openapi/event-webhooks.ts'
import { blockWith } from './blocks.ts'

const run = promisify(execFile)
const python = await run('python3', ['-c', 'import json']).then(
  () => 'python3',
  () => null,
)

const SECRET = newWebhookSecret()
const BODY = JSON.stringify(EVENT_EXAMPLES['connection.connected'])
const NOW = new Date()
const LONG_AGO = new Date(NOW.getTime() - 600_000)

/** What comes with the event when these secrets sign it. */
const signed = (secrets: readonly string[], at = NOW) => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign('evt_1', at, BODY)).join(' '),
})

type Verify = (headers: Record<string, string>, body: string) => Promise<unknown>

/** A receiver of the documents takes what the connector has signed, and nothing else. */
async function expectVerifies(verify: Verify) {
  expect(await verify(signed([SECRET]), BODY)).toEqual(JSON.parse(BODY))
  expect(await verify(signed([newWebhookSecret(), SECRET]), BODY)).toEqual(JSON.parse(BODY))
  await expect(verify(signed([newWebhookSecret()]), BODY)).rejects.toThrow()
  await expect(verify(signed([SECRET]), BODY.replace('acme', 'else'))).rejects.toThrow()
  await expect(verify(signed([SECRET], LONG_AGO), BODY)).rejects.toThrow()
}

test('the receiver in JavaScript takes what the connector has signed, and nothing else', async () => {
  // Beside the packages of this project, so that it finds the library.
  const folder = await mkdtemp(join(import.meta.dirname, '../../node_modules/.events-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'receiver.mjs')
  const print = 'console.log(JSON.stringify(verifiedEvent(JSON.parse(process.argv[2]), process.argv[3])))'
  await writeFile(file, `${blockWith('docs/events.md', 'verifiedEvent')}\n${print}\n`)
  await expectVerifies(async (headers, body) => {
    const { stdout } = await run(process.execPath, [file, JSON.stringify(headers), body], {
      env: { EVENTS_SECRET: SECRET },
    })
    return JSON.parse(stdout) as unknown
  })
})

test('the event that the page shows is the one of openapi.json', () => {
  const shown: unknown = JSON.parse(blockWith('docs/events.md', '"type": "connection.connected"'))
  expect(shown).toEqual(JSON.parse(BODY))
})

const unless = python === null ? ', which is not here,' : ''

test.skipIf(!python)(`the receiver in Python${unless} takes the same`, async () => {
  const print = 'import sys\nprint(json.dumps(verified_event(json.loads(sys.argv[1]), sys.argv[2].encode())))'
  const program = `${blockWith('docs/events.md', 'def verified_event')}\n${print}`
  await expectVerifies(async (headers, body) => {
    const { stdout } = await run(python ?? '', ['-c', program, JSON.stringify(headers), body], {
      env: { PATH: process.env['PATH'], EVENTS_SECRET: SECRET },
    })
    return JSON.parse(stdout) as unknown
  })
})
