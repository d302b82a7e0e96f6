import { expect, test } from 'vitest'
import { loginEngines } from '../../../src/login/index.ts'
import { connectorAtHand, pressConfirm, resultOf, walkToConfirm } from '../../support/connector.ts'
import { proxy } from './engine.ts'
import { startProxy } from './start-proxy.ts'

const secret = 'pR3xY7sEc9rEt2wItH5mAnY8cHaRs1zZ'
const anna = {
  sub: 'user-1',
  email: 'anna@crm.example',
  org: 'acme',
  org_name: 'Acme & Söhne',
  role: 'admin',
}

/** A connector whose customers come through the proxy. */
async function behindProxy(who: () => object | null, signer = secret) {
  return connectorAtHand({
    engines: [...loginEngines, proxy],
    env: { LOGIN: 'proxy', PROXY_SECRET: secret },
    async behind(target) {
      const { url, close } = await startProxy(target, { secret: signer, who })
      return { url, stop: close }
    },
  })
}

test('a customer whom a proxy has logged in connects, by what its header says', async () => {
  const connector = await behindProxy(() => anna)
  const { browser } = await walkToConfirm(connector)
  expect(browser.page.text).toContain('anna@crm.example')
  expect(browser.page.text).toContain('Acme & Söhne')
  expect(browser.page.text).toContain('In Wazzup it will be called: Acme Söhne')
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ httpStatus: 200, status: 'connected' })
  const sent = connector.sandbox.wazzup.requests.find(({ path }) => path === '/v3/connect')
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({ name: 'Acme Söhne' })
})

test.each([
  ['without the header', () => null, secret, 'token_missing'],
  [
    'with a header that another has signed',
    () => anna,
    'aN0tHeRs3cReTo7tHiRtYtW0bYtEs4xX',
    'token_signature',
  ],
])('nobody is logged in %s', async (_, who, signer, code) => {
  const connector = await behindProxy(who, signer)
  const { browser } = await walkToConfirm(connector)
  expect(await resultOf(browser)).toMatchObject({ httpStatus: 401, reason: 'login_failed' })
  expect(connector.log.events('connect.callback')).toMatchObject([{ code }])
})
