import { parse } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import type { ConfirmNote } from '../../../../src/connect/outcome.ts'
import { LOCALES } from '../../../../src/http/public/pages/choose-locale.ts'
import type { Page, Problem } from '../../../../src/http/public/pages/model.ts'
import { createPages, type PageOptions } from '../../../../src/http/public/pages/pages.ts'
import { confirmPage, everyPage, problemPage, resultPage } from './every-page.ts'
import { uploadPage } from './upload-pages.ts'

const OPTIONS: PageOptions = { crmName: 'Acme CRM', hasLogo: () => false, doneUrl: null, wazzupUrl: null }

const show = (page: Page, options: Partial<PageOptions> = {}) =>
  parse(createPages({ ...OPTIONS, ...options }).render(page, 'en'))
const textOf = (page: Page, options: Partial<PageOptions> = {}) =>
  show(page, options).querySelector('body')?.structuredText ?? ''

describe.each(Object.entries(everyPage()))('%s', (_name, page) => {
  test.each(LOCALES)('is a whole document in %s', (locale) => {
    const html = createPages(OPTIONS).render(page, locale)
    const document = parse(html)
    expect(html).toMatch(/^<!doctype html>/)
    expect(document.querySelector('html')?.getAttribute('lang')).toBe(locale)
    expect(document.querySelectorAll('h1')).toHaveLength(1)
    expect(document.querySelectorAll('main')).toHaveLength(1)
    expect(document.querySelector('title')?.text).toContain('Acme CRM')
    expect(document.text).not.toMatch(/undefined|\[object|null|\{\{|\b[a-z]+\.[a-z_]+\.[a-z]+\b/)
  })

  test('holds no inline code or style and loads only from here', () => {
    const document = show(page)
    expect(document.querySelectorAll('style, [style], script:not([src]), iframe, base')).toHaveLength(0)
    const attributes = document.querySelectorAll('*').flatMap((element) => Object.entries(element.attributes))
    expect(attributes.filter(([name]) => name.startsWith('on'))).toEqual([])
    const loaded = document
      .querySelectorAll('[src], link')
      .map((e) => e.getAttribute('src') ?? e.getAttribute('href'))
    expect(loaded.every((address) => address?.startsWith('/wauth/'))).toBe(true)
  })
})

describe('the confirm page', () => {
  test('names both accounts and the user, and does not vouch for the Wazzup account', () => {
    const text = textOf(confirmPage())
    for (const shown of ['Northwind Traders', 'Nina Petrova', '20394857', 'we cannot verify it']) {
      expect(text).toContain(shown)
    }
  })

  test('has a way out beside the name of the user, and none beside the others', () => {
    const facts = show(confirmPage()).querySelectorAll('main > .facts > div')
    const links = facts.map((fact) => [fact.querySelector('dt')?.text, fact.querySelectorAll('a')] as const)
    expect(links.filter(([, found]) => found.length > 0)).toHaveLength(1)
    const [label, [link]] = links.find(([, found]) => found.length > 0) ?? ['', []]
    expect([label, link?.text, link?.getAttribute('href')]).toEqual([
      ...[
        'You are logged in as',
        'Not you? Log in as somebody else',
        '/wauth/attempts/attempt-1?retry=login',
      ],
    ])
  })

  test('lists what is uploaded, only when something is', () => {
    expect(textOf(confirmPage({ uploads: true }))).toContain('contacts')
    expect(textOf(confirmPage({ uploads: false }))).not.toContain('contacts')
  })

  test('says which connection it replaces, and since when that existed', () => {
    const replaces = { wazzupAccountId: '11223344', connectedAt: new Date('2026-03-03T10:00:00Z') }
    const text = textOf(confirmPage({ replaces }))
    expect(text).toContain('11223344')
    expect(text).toContain('March 3, 2026')
  })

  test('tells a renewal of the same account from a change', () => {
    const replaces = { wazzupAccountId: '20394857', connectedAt: new Date('2026-03-03T10:00:00Z') }
    expect(textOf(confirmPage({ replaces }))).toContain('already connected')
  })

  test('says that another CRM account has the Wazzup account, and nothing of it where none has', () => {
    expect(textOf(confirmPage({ isHeldElsewhere: true }))).toContain(
      'Another account of Acme CRM is already connected to this Wazzup account',
    )
    expect(textOf(confirmPage())).not.toContain('Another account')
  })

  test('warns of links sent by somebody else', () => {
    expect(textOf(confirmPage())).toContain('only if you have just pressed “Connect” in Wazzup')
  })

  test('sends the CSRF token with both decisions, by POST', () => {
    const forms = show(confirmPage()).querySelectorAll('form')
    expect(forms.map((form) => form.getAttribute('action'))).toEqual([
      '/wauth/attempts/attempt-1/confirm',
      '/wauth/attempts/attempt-1/cancel',
    ])
    expect(forms.map((form) => form.getAttribute('method'))).toEqual(['post', 'post'])
    const tokens = forms.map((form) => form.querySelector('input[name=csrf]')?.getAttribute('value'))
    expect(tokens).toEqual(['csrf-token-1', 'csrf-token-1'])
  })
})

describe('a result', () => {
  const actions = (page: Page, options: Partial<PageOptions> = {}) =>
    show(page, options)
      .querySelectorAll('.actions a, .actions form')
      .map((action) => action.getAttribute('href') ?? action.getAttribute('action'))

  test('always shows the support id', () => {
    const ids = Object.values(everyPage())
      .filter(({ page }) => page !== 'confirm')
      .map((page) => show(page).querySelector('code')?.text)
    expect(new Set(ids)).toEqual(new Set(['K7QF-2M9X']))
  })

  test('that is pending refreshes by itself, with and without JavaScript', () => {
    const head = show(resultPage({ status: 'pending' })).querySelector('head')
    const withoutJavaScript = head?.querySelector('noscript')?.innerHTML
    expect(withoutJavaScript).toBe('<meta http-equiv="refresh" content="4">')
    expect(head?.querySelectorAll('script').map((one) => one.getAttribute('src'))).toContain(
      '/wauth/assets/result.js',
    )
  })

  test('that asks while another connection is being made refreshes by itself, and no other that asks does', () => {
    const refreshes = (note: ConfirmNote | null) => {
      const head = show(confirmPage({ note })).querySelector('head')?.innerHTML ?? ''
      return [head.includes('http-equiv="refresh"'), head.includes('/wauth/assets/busy.js')]
    }
    expect(refreshes('busy')).toEqual([true, true])
    for (const note of [null, 'unaware', 'changed'] as const) expect(refreshes(note)).toEqual([false, false])
  })

  const addressOnly = (status: 'running' | 'done' | 'failed') => {
    const step = { kind: 'webhooks' as const, status, reason: null, read: 1, sent: 1, rejected: 0, total: 1 }
    const upload = { status, reason: null, steps: [{ ...step, secondsLeft: null }] }
    return show(resultPage({ upload })).structuredText
  }

  test('without an export says how the address is getting on, and nothing of data', () => {
    expect(addressOnly('running')).toContain('Set-up of the events from Wazzup')
    expect(addressOnly('done')).toContain('Wazzup sends its events to Acme CRM now.')
    expect(addressOnly('failed')).toContain('please tell the team of Acme CRM')
    for (const status of ['running', 'done', 'failed'] as const)
      expect(addressOnly(status)).not.toMatch(/data|contacts/i)
  })

  test('that is final does not refresh', () => {
    const final = show(resultPage())
    expect(final.querySelectorAll('[http-equiv]')).toHaveLength(0)
    expect(final.querySelectorAll('script').map((one) => one.getAttribute('src'))).toEqual([
      '/wauth/assets/copy.js',
    ])
  })

  test('connected leads on to the address of the operator', () => {
    expect(actions(resultPage(), { doneUrl: new URL('https://crm.example/done?a=1&b=2') })).toEqual([
      'https://crm.example/done?a=1&b=2',
    ])
  })

  test('connected offers the CRM and Wazzup where both addresses are known', () => {
    const both = {
      doneUrl: new URL('https://crm.example/done'),
      wazzupUrl: new URL('https://wazzup.example/'),
    }
    expect(actions(resultPage(), both)).toEqual(['https://crm.example/done', 'https://wazzup.example/'])
    expect(textOf(resultPage(), both)).not.toContain('open Wazzup as you usually do')
  })

  test('connected says where to go on where there is no button', () => {
    expect(actions(resultPage())).toEqual([])
    expect(textOf(resultPage())).toContain('To go on, open Wazzup as you usually do')
    const onItsWay = uploadPage('running', { status: 'running' })
    expect(textOf(onItsWay)).toMatch(/in the background[^]*To go on, open Wazzup as you usually do/)
  })

  test('cancelled at the login offers to log in after all, and the way to the support of the CRM', () => {
    const cancelled = resultPage({ status: 'cancelled', retry: 'login' })
    expect(actions(cancelled)).toEqual(['/wauth/attempts/attempt-1?retry=login'])
    expect(textOf(cancelled)).toMatch(/Cancelled[^]*log in again[^]*support of Acme CRM[^]*Log in again/)
    expect(show(cancelled).querySelectorAll('.badge-bad')).toHaveLength(0)
  })

  test('cancelled on the confirm page leads back to the marketplace', () => {
    const wazzupUrl = new URL('https://wazzup.example/')
    expect(actions(resultPage({ status: 'cancelled' }), { wazzupUrl })).toEqual(['https://wazzup.example/'])
  })

  test('never links to an address that a browser would run', () => {
    const unsafe = { doneUrl: new URL('javascript:alert(1)'), wazzupUrl: new URL('javascript:alert(2)') }
    expect(show(resultPage(), unsafe).toString()).not.toContain('javascript:')
  })

  test('that another user could mend offers the login', () => {
    const page = resultPage({ status: 'failed', reason: 'not_allowed', retry: 'login' })
    expect(actions(page)).toEqual(['/wauth/attempts/attempt-1?retry=login'])
  })

  test('that can be sent again offers that, and says how long to wait', () => {
    const page = resultPage({
      status: 'failed',
      reason: 'wazzup_unavailable',
      retry: 'confirm',
      retryAfter: 90,
    })
    expect(actions(page)).toEqual(['/wauth/attempts/attempt-1/confirm'])
    expect(textOf(page)).toContain('Please wait 2 minutes')
  })

  test.each(['secret_refused', 'login_misconfigured'] as const)(
    '%s: only the CRM can mend it, so the person is sent to its support',
    (reason) => {
      const page = resultPage({ status: 'failed', reason })
      expect(textOf(page)).toContain('Send the support ID below to the support of Acme CRM')
      expect(textOf(page)).toContain('This is not your mistake')
    },
  )

  test('of a login that is set up wrongly offers to log in as another user, and later to start again', () => {
    const wrong = { status: 'failed', reason: 'login_misconfigured' } as const
    const inTime = resultPage({ ...wrong, retry: 'login' })
    expect(actions(inTime)).toEqual(['/wauth/attempts/attempt-1?retry=login'])
    expect(textOf(inTime)).toMatch(/not your mistake[^]*Log in as another user/)
    const page = resultPage(wrong)
    expect(actions(page)).toEqual([])
    expect(textOf(page)).toContain('press “Connect” in the Wazzup marketplace again')
    const wazzupUrl = new URL('https://wazzup.example/')
    expect(actions(page, { wazzupUrl })).toEqual(['https://wazzup.example/'])
  })
})

describe('a problem', () => {
  test('with an unknown attempt mentions cookies and other browsers', () => {
    expect(textOf(problemPage('unknown_attempt'))).toMatch(/another browser[^]*cookies/)
  })

  test('with the login offers to try the same attempt again', () => {
    const link = show(problemPage('login_unavailable', 'attempt-1')).querySelector('.actions a')
    expect(link?.getAttribute('href')).toBe('/wauth/attempts/attempt-1')
  })

  test('with a login that cannot begin is not told as the person’s mistake, and sends them to the support', () => {
    const page = problemPage('login_misconfigured', 'attempt-1')
    expect(textOf(page)).toMatch(/set up wrongly[^]*not your mistake[^]*support of Acme CRM[^]*K7QF-2M9X/)
    expect(textOf(page)).not.toContain('cannot reach')
    expect(show(page).querySelector('.actions a')?.getAttribute('href')).toBe('/wauth/attempts/attempt-1')
  })

  test('that Wazzup cannot mend does not lead there', () => {
    const forbidden = show(problemPage('forbidden'), { wazzupUrl: new URL('https://wazzup.example/') })
    expect(forbidden.querySelectorAll('.actions')).toHaveLength(0)
  })

  test('that needs a new start leads to Wazzup where its address is known', () => {
    const link = show(problemPage('bad_state'), {
      wazzupUrl: new URL('https://wazzup.example/'),
    }).querySelector('.actions a')
    expect(link?.getAttribute('href')).toBe('https://wazzup.example/')
  })
})

describe('the language switch', () => {
  test('offers all languages on the same address and marks the present one', () => {
    const links = show(confirmPage()).querySelectorAll('nav a')
    expect(links.map((a) => a.getAttribute('href'))).toEqual([
      '?lang=en',
      '?lang=ru',
      '?lang=es',
      '?lang=pt-BR',
    ])
    expect(links.map((a) => a.getAttribute('lang'))).toEqual([...LOCALES])
    expect(links.map((a) => a.getAttribute('aria-current') ?? null)).toEqual(['true', null, null, null])
  })

  const toSpanish = (page: Page) => show(page).querySelector('nav a[lang=es]')?.getAttribute('href')

  test.each(['bad_state', 'forbidden', 'method_not_allowed', 'other_module'] satisfies Problem[])(
    'leads to the same words in another language where asking again may show another page: %s',
    (problem) => {
      expect(toSpanish(problemPage(problem))).toBe(`/wauth/problems/${problem}?lang=es&id=K7QF-2M9X`)
    },
  )

  test('keeps the way back to the attempt', () => {
    expect(toSpanish(problemPage('login_unavailable', 'attempt-1'))).toBe(
      '/wauth/problems/login_unavailable?lang=es&id=K7QF-2M9X&attempt=attempt-1',
    )
  })
})

describe('the CRM in the head of the page', () => {
  test('is shown with its logo', () => {
    const logo = show(resultPage(), { hasLogo: () => true }).querySelector('header img')
    expect(logo?.attributes).toMatchObject({ src: '/wauth/logo', alt: '' })
  })

  test('is shown by its name alone when it has none', () => {
    expect(show(resultPage()).querySelector('header')?.structuredText).toContain('Acme CRM')
    expect(show(resultPage()).querySelectorAll('img')).toHaveLength(0)
  })
})
