import { beforeEach, describe, expect, test } from 'vitest'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { newKey } from '../support/filled-database.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { LONG } from '../support/long.ts'
import { sealAgain } from '../support/seal-again.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

/** The service when all values have been sealed with a key that only other replicas have. */
const [K1, K2] = [newKey('k1'), newKey('k2')]
const connector = connectorFor('each', { env: { INTERNAL_TOKEN: TOKEN, ENCRYPTION_KEYS: K1 } })
let at: { url: string }
let crmKey: string
beforeEach(async () => {
  at = { url: connector.internalUrl }
  const { browser } = await walkToConfirm(connector)
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  crmKey = connector.sandbox.wazzup.connects()[0]?.crmKey ?? ''
})

/** Seals everything again with the newer key in front, or with the older one. */
async function sealWith(...keys: string[]) {
  expect(await sealAgain(connector.settings, ...keys)).toBeGreaterThan(0)
}

const MISSING = {
  status: 503,
  body: { code: 'seal_unknown_key', detail: expect.stringContaining('encryption key k2') as string },
}

describe('values that only another replica can open', () => {
  test('are 503 for callers, by the name of the key, and good again once the key is there', async () => {
    await sealWith(K2, K1)
    const answers = [
      await lookUp(at, crmKey),
      await ask(at, '/v1/keys/authenticate', { headers: { 'x-crm-authorization': `Bearer ${crmKey}` } }),
      await ask(at, '/v1/connections/acme/api-key'),
      await ask(at, '/v1/connections/acme', { method: 'DELETE' }),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject(MISSING)
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    await sealWith(K1, K2)
    expect((await lookUp(at, crmKey)).body).toMatchObject({ crmAccountId: 'acme', keyStatus: 'current' })
    expect((await ask(at, '/v1/connections/acme')).body).toMatchObject({ status: 'connected' })
  })

  test(
    'keep that replica from being ready, by the name of the key, until it can open them again',
    onOneEngine,
    async () => {
      const ready = () => ask(at, '/readyz')
      expect(await ready()).toMatchObject({ status: 200, body: { parts: { keys: { ok: true } } } })
      await sealWith(K2, K1)
      const keys = { ok: false, code: 'seal_unknown_key', detail: expect.stringContaining('k2') as string }
      await expect.poll(ready).toMatchObject({ status: 503, body: { parts: { keys, store: { ok: true } } } })
      await sealWith(K1, K2)
      await expect.poll(ready).toMatchObject({ status: 200, body: { parts: { keys: { ok: true } } } })
    },
  )

  test('are «try again» for a person in the middle of a login, who then goes on', onOneEngine, async () => {
    const { browser } = await walkToConfirm(connector)
    const page = browser.page.url
    await sealWith(K2, K1)
    expect(await browser.get(page)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(connector.log.events('http.error').at(-1)).toMatchObject({
      ...{ level: 'error', problem: 'storage_unavailable', err: { code: 'seal_unknown_key' } },
    })
    await sealWith(K1, K2)
    await browser.get(page)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('leave an upload waiting for a replica that has the key, never failed', LONG, async () => {
    const uploadOf = async () => (await ask(at, '/v1/connections/acme/upload')).body
    await expect.poll(uploadOf).toMatchObject({ status: 'done' })
    await sealWith(K2, K1)
    expect(await ask(at, '/v1/connections/acme/upload', { method: 'POST' })).toMatchObject({ status: 202 })
    await expect.poll(uploadOf).toMatchObject({ status: 'running', reason: 'seal_unknown_key' })
    await sealWith(K1, K2)
    await expect.poll(uploadOf).toMatchObject({ status: 'done' })
  })
})
