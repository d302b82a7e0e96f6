// @module-tag long
import { describe, expect, test } from 'vitest'
import { startDocumentedNginx } from '../../docs/documented-nginx.ts'
import { connectorFor } from '../../support/connector.ts'
import { fixtureFor } from '../../support/fixture.ts'
import { NO_NGINX, nginx } from '../../support/nginx.ts'
import { startAcrossSites } from '../start-across-sites.ts'
import { browserFor, inEachEngine } from './in-each-engine.ts'
import { CONFIRM, expectIn, expectTitle, installWalk, logIn, press, pressConnect } from './steps.ts'

const EVERY_PAGE = ['Integration with CRM', 'Log in', CONFIRM, 'Connected']

/** Each walk in a Wazzup account of its own, which is not connected yet. */
let account = 0
const marketplaceOf = (wazzup: { marketplaceUrl: string }) => {
  account += 1
  return `${wazzup.marketplaceUrl}?accountId=${account}`
}

const LOGINS = [
  ['an OpenID provider', 'oidc'],
  ['a hand-over', 'handoff'],
] as const

const behindNginx = nginx ? 'behind nginx' : NO_NGINX

inEachEngine((engine) => {
  const openTab = browserFor(engine)
  const openPlainTab = browserFor(engine, { scripts: false })

  describe.each(LOGINS)('with %s, over http', (_title, login) => {
    const connector = connectorFor('all', { login })

    test('a person connects, and reloads every page', async () => {
      const { wazzup } = connector.sandbox
      const tab = await openTab()
      const pages: string[] = []
      for await (const page of installWalk(tab, marketplaceOf(wazzup))) {
        pages.push(page)
        await tab.reload()
        await expectTitle(tab, page)
      }
      expect(pages).toEqual(EVERY_PAGE)
      expect(wazzup.connects()).toHaveLength(1)
    })

    test('a person connects without JavaScript, to the end of the bars', async () => {
      const tab = await openPlainTab()
      const pages: string[] = []
      for await (const page of installWalk(tab, marketplaceOf(connector.sandbox.wazzup))) pages.push(page)
      expect(pages).toEqual(EVERY_PAGE)
      await expectIn(
        tab,
        "document.querySelector('.upload-note').textContent",
        'Everything has been passed on.',
      )
    })
  })

  describe.skipIf(!nginx).each(LOGINS)(`with %s, over https ${behindNginx}`, (_title, login) => {
    const connector = connectorFor('all', {
      ...{ login, env: { TRUST_PROXY: '127.0.0.1' }, behind: startDocumentedNginx },
    })

    test('a person connects, and reloads every page; its cookie is for this host alone; Back leads to the result', async () => {
      const { wazzup } = connector.sandbox
      const tab = await openTab()
      for await (const page of installWalk(tab, marketplaceOf(wazzup))) {
        await tab.reload()
        await expectTitle(tab, page)
      }
      const cookies = (await tab.cookies()).filter(({ name }) => name.includes('wauth-'))
      expect(cookies.map(({ name, secure, httpOnly }) => [name.slice(0, 13), secure, httpOnly])).toEqual([
        ['__Host-wauth-', true, true],
      ])
      await tab.back()
      await expectTitle(tab, 'Connected')
      expect(wazzup.connects()).toHaveLength(1)
    })
  })

  describe('with a CRM of another site that posts its token', () => {
    const site = fixtureFor('all', () => startAcrossSites('handoff'))

    test.each([
      ['with JavaScript', openTab],
      ['without JavaScript', openPlainTab],
    ])('a person connects, %s', async (_how, open) => {
      const before = site.wazzup.connects().length
      const tab = await open()
      await tab.goto(marketplaceOf(site.wazzup))
      await press(tab, 'Connect')
      await logIn(tab)
      await press(tab, 'Continue')
      await expectTitle(tab, CONFIRM)
      await pressConnect(tab)
      await expectTitle(tab, 'Connected')
      expect(site.wazzup.connects()).toHaveLength(before + 1)
    })
  })
})
