import { describe, expect, test } from 'vitest'
import { cookiesFor, createJar, keepCookies } from '../../../src/sandbox/browser/cookies.ts'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import type { Hop } from '../../../src/sandbox/browser/request-headers.ts'
import { siteAtHand, theForm } from './site-at-hand.ts'

const setting = (...cookies: string[]) => ({ headers: { 'set-cookie': cookies } })

describe('over plain http', () => {
  test('a cookie comes back to its site, from this browser only', async () => {
    const site = await siteAtHand({ '/set': setting('a=1; HttpOnly; Path=/', 'b=2; Path=/'), '/': {} })
    const browser = createBrowser()
    await browser.get(`${site.url}/set`)
    await browser.get(site.url)
    expect(site.last()?.headers.cookie).toBe('a=1; b=2')
    await createBrowser().get(site.url)
    expect(site.last()?.headers).not.toHaveProperty('cookie')
  })

  test('a cookie of a redirect is there on the next hop', async () => {
    const site = await siteAtHand({
      '/set': { status: 303, headers: { location: '/', 'set-cookie': 'a=1; Path=/' } },
      '/': {},
    })
    await createBrowser().get(`${site.url}/set`)
    expect(site.last()?.headers.cookie).toBe('a=1')
  })

  test('Secure and __Host- cookies are refused, on loopback too', async () => {
    const site = await siteAtHand({
      '/set': setting('a=1; Secure; Path=/', '__Host-b=2; Secure; Path=/', '__Host-c=3; Path=/'),
      '/': {},
    })
    const browser = createBrowser()
    await browser.get(`${site.url}/set`)
    await browser.get(site.url)
    expect(site.last()?.headers).not.toHaveProperty('cookie')
  })

  test('Max-Age=0 takes a cookie away', async () => {
    const site = await siteAtHand({
      '/set': setting('a=1; Path=/'),
      '/end': setting('a=; Max-Age=0; Path=/'),
      '/': {},
    })
    const browser = createBrowser()
    await browser.get(`${site.url}/set`)
    await browser.get(`${site.url}/end`)
    await browser.get(site.url)
    expect(site.last()?.headers).not.toHaveProperty('cookie')
  })
})

describe('SameSite, coming from another site', () => {
  const cookies = setting('lax=1; SameSite=Lax; Path=/', 'strict=2; SameSite=Strict; Path=/')

  async function comeFromElsewhere(html: (target: string) => string) {
    const site = await siteAtHand({ '/set': cookies, '/': {} })
    const other = await siteAtHand({ '/': { html: html(site.url) } }, 'localhost')
    const browser = createBrowser()
    await browser.get(`${site.url}/set`)
    await browser.get(other.url)
    return { site, browser }
  }

  test('a link brings Lax cookies, but no Strict ones', async () => {
    const { site, browser } = await comeFromElsewhere((target) => `<a href="${target}/">go</a>`)
    const [link] = browser.page.links
    if (link) await browser.follow(link)
    expect(site.last()?.headers.cookie).toBe('lax=1')
  })

  test('a posted form brings neither', async () => {
    const form = (target: string) => `<form method="post" action="${target}/"><button>Go</button></form>`
    const { site, browser } = await comeFromElsewhere(form)
    await browser.submit(theForm(browser.page))
    expect(site.last()).toMatchObject({ method: 'POST', url: '/' })
    expect(site.last()?.headers).not.toHaveProperty('cookie')
  })

  test('a typed address brings both', async () => {
    const { site, browser } = await comeFromElsewhere(() => '')
    await browser.get(site.url)
    expect(site.last()?.headers.cookie).toBe('lax=1; strict=2')
  })
})

describe('over https', () => {
  const visit: Hop = {
    method: 'GET',
    chain: ['https://crm.test/page'],
    initiator: null,
    referrerPolicy: '',
    purpose: 'navigation',
  }

  test.each([
    ['Secure; Path=/', '__Host-a=1'],
    ['Path=/', ''],
    ['Secure; Path=/page', ''],
    ['Secure; Path=/; Domain=crm.test', ''],
  ])('a __Host- cookie with "%s" is sent as "%s"', (attributes, sent) => {
    const jar = createJar()
    keepCookies(jar, 'https://crm.test/', `__Host-a=1; ${attributes}`)
    expect(cookiesFor(jar, visit)).toBe(sent)
  })
})
