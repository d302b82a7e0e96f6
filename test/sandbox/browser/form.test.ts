import { describe, expect, test } from 'vitest'
import { fillIn, type Form } from '../../../src/sandbox/browser/form.ts'
import { readPage } from '../../../src/sandbox/browser/page.ts'
import { theForm } from './site-at-hand.ts'

const pageOf = (html: string) =>
  readPage({ url: 'https://crm.test/dir/page?q=1', status: 200, headers: {}, html })
const formOf = (inside: string, attributes = 'method="post"'): Form =>
  theForm(pageOf(`<body><form ${attributes}>${inside}</form></body>`))

describe('an untouched form sends', () => {
  test.each([
    [
      'hidden and typed values',
      '<input type="hidden" name="a" value="1&amp;2"><input name="b">',
      'a=1%262&b=',
    ],
    [
      'the checked choice only',
      '<input type="radio" name="r" value="x"><input type="radio" name="r" value="y" checked>',
      'r=y',
    ],
    ['nothing for an unchecked box', '<input type="checkbox" name="c">', ''],
    [
      'the first option, unless one is selected',
      '<select name="s"><option value="1"></option><option value="2"></option></select>',
      's=1',
    ],
    [
      'the selected option',
      '<select name="s"><option value="1"></option><option value="2" selected></option></select>',
      's=2',
    ],
    ['the text of a text area', '<textarea name="t">some text</textarea>', 't=some+text'],
    ['nothing that is disabled or has no name', '<input name="d" value="1" disabled><input value="2">', ''],
    [
      'the name of its first button',
      '<button name="go" value="1">A</button><button name="go" value="2">B</button>',
      'go=1',
    ],
  ])('%s', (_what, inside, sent) => {
    expect(fillIn(formOf(inside), {}).toString()).toBe(sent)
  })
})

test('what is filled in replaces what was there', () => {
  const form = formOf('<input name="a" value="1"><input type="radio" name="r" value="x">')
  expect(fillIn(form, { a: '2', r: 'x' }).toString()).toBe('a=2&r=x')
})

test.each([
  ['a field that is not there', { other: '1' }],
  ['a choice that is not offered', { r: 'z' }],
])('%s cannot be sent', (_what, fields) => {
  const form = formOf('<input name="a"><input type="radio" name="r" value="x">')
  expect(() => fillIn(form, fields)).toThrow('has no field')
})

test('a control that stands elsewhere on the page and names the form belongs to it', () => {
  const page = pageOf('<form id="f" method="post"></form><input form="f" name="a" value="1"><input name="b">')
  expect(fillIn(theForm(page), {}).toString()).toBe('a=1')
})

test('a box that has to be ticked keeps the form from being sent until it is', () => {
  const form = formOf('<input type="checkbox" name="agreed" required>')
  expect(() => fillIn(form, {})).toThrow('asks for a tick at "agreed"')
  expect(fillIn(form, { agreed: 'on' }).toString()).toBe('agreed=on')
})

describe('addresses', () => {
  test.each([
    ['', 'https://crm.test/dir/page?q=1'],
    ['action="next"', 'https://crm.test/dir/next'],
    ['action="/top"', 'https://crm.test/top'],
    ['action="http://other.test/x"', 'http://other.test/x'],
  ])('<form %s> goes to %s', (attributes, action) => {
    expect(formOf('', attributes)).toMatchObject({ action, method: 'GET' })
  })

  test('a button may have its own', () => {
    expect(formOf('<button formaction="cancel">No</button>').buttons[0]?.action).toBe(
      'https://crm.test/dir/cancel',
    )
  })

  test('a form is found by the end of its action', () => {
    const page = pageOf('<form action="/x/confirm?a=1"></form><form action="/x/cancel"></form>')
    expect(page.form('/cancel')?.action).toBe('https://crm.test/x/cancel')
    expect(page.form('/confirm')?.action).toBe('https://crm.test/x/confirm?a=1')
    expect(page.form('/other')).toBeUndefined()
  })
})

test('a page is read as a person reads it', () => {
  const page = pageOf(
    '<title> A &amp; B </title><body><h1>Hello</h1><p>you &lt;b&gt;</p><a href="/x">go</a></body>',
  )
  expect(page).toMatchObject({
    title: 'A & B',
    text: expect.stringMatching(/^Hello\s+you <b>\s+go$/) as string,
    links: [{ href: 'https://crm.test/x', text: 'go' }],
  })
})
