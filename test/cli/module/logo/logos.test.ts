import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkLogo } from '../../../../src/cli/module/logo/check-logo.ts'

const LOGOS = join(import.meta.dirname, '../logos')
const broken = (path: string) => {
  const name = path.split('/').at(-1) ?? ''
  return checkLogo({ fileName: name, bytes: readFileSync(join(LOGOS, path)) })
}

test.each(readdirSync(join(LOGOS, 'good')))('good: %s', (name) => {
  expect(broken(`good/${name}`)).toEqual([])
})

describe('bad files break the rules in their names, and no other', () => {
  test.each(readdirSync(join(LOGOS, 'bad')))('%s', (name) => {
    const found = broken(`bad/${name}`)
    expect(found.map(({ rule }) => rule)).toEqual(name.split('--')[0]?.split('+'))
    for (const { problem, mend } of found) expect([problem, mend]).not.toContain('')
  })
})

const svg = (viewBox: string, inside: string) =>
  checkLogo({
    fileName: 'a.svg',
    bytes: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${inside}</svg>`),
  })

test('a margin is told with its sides, and with the viewBox that would mend it', () => {
  const [found] = svg('0 0 200 100', '<g transform="translate(20-0)"><path d="M0 10h160v90H0z"/></g>')
  expect(found).toEqual({
    rule: 'no-margin',
    problem: 'there is a margin: 10 % at the left, 10 % at the top, 10 % at the right',
    mend: expect.stringContaining('viewBox="20 10 160 90"') as string,
  })
  expect(svg('20 10 160 90', '<g transform="translate(20-0)"><path d="M0 10h160l-9 90H0z"/></g>')).toEqual([])
})

test('half a stroke counts, as large as it is drawn', () => {
  expect(
    svg(
      '0 0 24 24',
      '<g transform="scale(2)"><circle cx="6" cy="6" r="5" fill="none" stroke="#000" stroke-width="2"/></g>',
    ),
  ).toEqual([])
  expect(svg('0 0 24 24', '<circle cx="12" cy="12" r="10" fill="none" stroke="#000"/>')).toMatchObject([
    { rule: 'no-margin' },
  ])
})

test('copies of copies end', () => {
  const level = (n: number) => `<g id="l${n}">${`<use href="#l${n - 1}"/>`.repeat(10)}</g>`
  const levels = [1, 2, 3, 4, 5, 6, 7].map(level).join('')
  const found = svg('0 0 8 8', `<defs><circle id="l0" cx="4" cy="4" r="4"/>${levels}</defs><use href="#l7"/>`)
  expect(found).toMatchObject([
    { rule: 'measurable', problem: expect.stringContaining('too many parts') as string },
  ])
  expect(svg('0 0 8 8', '<circle cx="4" cy="4" r="4"/><g id="a"><use href="#a"/></g>')).toEqual([])
})

describe('a file that is made to be much work', () => {
  const tooMuch = [
    { rule: 'measurable', problem: expect.stringContaining('too many parts') as string },
  ] as const

  test('clip paths around clip paths, or many of them', () => {
    const clip = `<clipPath id="c">${'<rect width="1" height="1"/>'.repeat(600)}</clipPath>`
    expect(
      svg('0 0 8 8', clip + '<g clip-path="url(#c)"><rect width="8" height="8"/></g>'.repeat(600)),
    ).toMatchObject(tooMuch)
    const self = '<clipPath id="s"><rect width="8" height="8" clip-path="url(#s)"/></clipPath>'
    expect(svg('0 0 8 8', `${self}<rect width="8" height="8" clip-path="url(#s)"/>`)).not.toEqual([])
  })

  test('a long path many times', () => {
    const path = `<path id="p" d="M0 0${'l1 1'.repeat(7000)}z"/>`
    expect(svg('0 0 8 8', path + '<use href="#p"/>'.repeat(50))).toMatchObject(tooMuch)
  })

  test('a number that is none, and more bytes than are looked into', () => {
    expect(svg('0 0 8 8', `<rect width="${'1'.repeat(40_000)}x" height="8"/>`)).toMatchObject([
      { rule: 'measurable' },
    ])
    expect(svg('0 0 8 8', '<g/>'.repeat(100_000))).toMatchObject([{ rule: 'size' }])
  })
})
