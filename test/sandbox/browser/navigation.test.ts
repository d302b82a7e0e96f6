import { describe, expect, test } from 'vitest'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { siteAtHand, theForm, type Served } from './site-at-hand.ts'

const formTo = (action: string, headers: Served['headers'] = {}): Served => ({
  headers,
  html: `<form method="post" action="${action}"><input name="a" value="1"><button>Go</button></form>`,
})
const redirectTo = (location: string, status = 302): Served => ({ status, headers: { location } })

/** Opens a page with a form, presses its button, and gives back what the target was asked. */
async function pressFormOn(page: string) {
  const browser = createBrowser()
  await browser.submit(theForm(await browser.get(page)))
  return browser
}

test('an address that was typed comes from nowhere', async () => {
  const site = await siteAtHand({ '/': {} })
  await createBrowser({ acceptLanguage: 'ru' }).get(site.url)
  expect(site.last()?.headers).toMatchObject({
    'accept-language': 'ru',
    'sec-fetch-site': 'none',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  })
  expect(site.last()?.headers).not.toHaveProperty('referer')
  expect(site.last()?.headers).not.toHaveProperty('origin')
})

describe('a form that is posted', () => {
  test('to its own site tells the origin and the page', async () => {
    const site = await siteAtHand({ '/page': formTo('/target'), '/target': {} })
    await pressFormOn(`${site.url}/page`)
    expect(site.last()).toMatchObject({
      method: 'POST',
      body: 'a=1',
      headers: { origin: site.url, referer: `${site.url}/page`, 'sec-fetch-site': 'same-origin' },
    })
  })

  test('to another port of the same machine is same-site', async () => {
    const target = await siteAtHand({ '/': {} })
    const site = await siteAtHand({ '/page': formTo(`${target.url}/`) })
    await pressFormOn(`${site.url}/page`)
    expect(target.last()?.headers).toMatchObject({ origin: site.url, 'sec-fetch-site': 'same-site' })
  })

  test('to another site tells only the origin', async () => {
    const target = await siteAtHand({ '/': {} }, 'localhost')
    const site = await siteAtHand({ '/page': formTo(`${target.url}/`) })
    await pressFormOn(`${site.url}/page`)
    expect(target.last()?.headers).toMatchObject({
      origin: site.url,
      referer: `${site.url}/`,
      'sec-fetch-site': 'cross-site',
    })
  })

  test('from a page without referrer hides the origin', async () => {
    const page = formTo('/target', { 'referrer-policy': 'no-referrer' })
    const site = await siteAtHand({ '/page': page, '/target': {} })
    await pressFormOn(`${site.url}/page`)
    expect(site.last()?.headers).toMatchObject({ origin: 'null', 'sec-fetch-site': 'same-origin' })
    expect(site.last()?.headers).not.toHaveProperty('referer')
  })

  test.each([301, 302, 303])('is followed by GET after %i', async (status) => {
    const site = await siteAtHand({ '/': formTo('/a'), '/a': redirectTo('/b', status), '/b': {} })
    await pressFormOn(site.url)
    expect(site.last()).toMatchObject({ method: 'GET', url: '/b', body: '' })
    expect(site.last()?.headers).not.toHaveProperty('content-type')
  })

  test.each([307, 308])('is posted again after %i', async (status) => {
    const site = await siteAtHand({ '/': formTo('/a'), '/a': redirectTo('/b', status), '/b': {} })
    await pressFormOn(site.url)
    expect(site.last()).toMatchObject({ method: 'POST', url: '/b', body: 'a=1' })
  })

  test('over a foreign redirect to a third origin hides the origin', async () => {
    const third = await siteAtHand({ '/': {} })
    const second = await siteAtHand({ '/': redirectTo(`${third.url}/`, 307) }, 'localhost')
    const first = await siteAtHand({ '/': formTo(`${second.url}/`) })
    await pressFormOn(first.url)
    expect(second.last()?.headers.origin).toBe(first.url)
    expect(third.last()?.headers.origin).toBe('null')
  })
})

test('a way over another site stays cross-site to its end', async () => {
  const home = await siteAtHand({ '/': { html: '<a href="/out">out</a>' }, '/back': {} })
  const other = await siteAtHand({ '/': redirectTo(`${home.url}/back`) }, 'localhost')
  const start = await siteAtHand({ '/': { html: `<a href="${other.url}/">go</a>` } })
  const browser = createBrowser()
  const [link] = (await browser.get(start.url)).links
  expect(link?.text).toBe('go')
  if (link) await browser.follow(link)
  expect(browser.page.url).toBe(`${home.url}/back`)
  expect(home.last()?.headers['sec-fetch-site']).toBe('cross-site')
})

test('the way is kept hop by hop', async () => {
  const site = await siteAtHand({ '/a': redirectTo('b?x=1#top'), '/b': { html: '<title>B</title>' } })
  const browser = createBrowser()
  expect(await browser.get(`${site.url}/a`)).toMatchObject({ url: `${site.url}/b?x=1`, title: 'B' })
  expect(browser.hops).toEqual([
    { method: 'GET', url: `${site.url}/a`, status: 302 },
    { method: 'GET', url: `${site.url}/b?x=1`, status: 200 },
  ])
})

test('twenty redirects are followed, a loop is not', async () => {
  const chain = Array.from({ length: 20 }, (_, i) => [`/${i}`, redirectTo(`/${i + 1}`)] as const)
  const site = await siteAtHand({ ...Object.fromEntries(chain), '/20': {}, '/loop': redirectTo('/loop') })
  expect((await createBrowser().get(`${site.url}/0`)).status).toBe(200)
  await expect(createBrowser().get(`${site.url}/loop`)).rejects.toThrow('redirects')
  expect(site.seen.filter(({ url }) => url === '/loop')).toHaveLength(21)
})

test('a script of the page asks without leaving it', async () => {
  const site = await siteAtHand({ '/page': { html: '<title>Page</title>' }, '/data': { html: '{"a":1}' } })
  const browser = createBrowser()
  await browser.get(`${site.url}/page`)
  const { body } = await browser.fetch(`${site.url}/data`, { accept: 'application/json' })
  expect(body).toBe('{"a":1}')
  expect(site.last()?.headers).toMatchObject({
    accept: 'application/json',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    'sec-fetch-site': 'same-origin',
  })
  expect(browser.page.title).toBe('Page')
})

test('without a page there is nothing to look at', () => {
  expect(() => createBrowser().page).toThrow('not opened a page')
})
