import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkLogo } from '../../../../src/cli/module/logo/check-logo.ts'
import { drawHere } from '../../../support/draw-here.ts'

const LOGOS = join(import.meta.dirname, '../logos')
const check = (bytes: Uint8Array, fileName = 'a.svg') => checkLogo({ fileName, bytes }, drawHere)
const broken = async (path: string) =>
  (await check(readFileSync(join(LOGOS, path)), path.split('/').at(-1))).broken

test.each(readdirSync(join(LOGOS, 'good')))('good: %s', async (name) => {
  expect(await check(readFileSync(join(LOGOS, 'good', name)))).toEqual({ broken: [], notChecked: [] })
})

const BAD = readdirSync(join(LOGOS, 'bad'))

describe('bad files break the rules in their names, and no other', () => {
  test.each(BAD)('%s', async (name) => {
    const found = await broken(`bad/${name}`)
    expect(found.map(({ rule }) => rule)).toEqual(name.split('--')[0]?.split('+'))
    for (const { problem, mend } of found) expect([problem, mend]).not.toContain('')
  })
})

const svg = async (viewBox: string, inside: string) =>
  (await check(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${inside}</svg>`)))
    .broken

test('a margin is told with its sides, and with the viewBox that would mend it', async () => {
  const [found] = await svg('0 0 200 100', '<g transform="translate(20-0)"><path d="M0 10h160v90H0z"/></g>')
  expect(found).toEqual({
    rule: 'no-margin',
    problem: 'there is a margin: 10 % at the left, 10 % at the top, 10 % at the right',
    mend: expect.stringContaining('viewBox="20 10 160 90"') as string,
  })
  const mended = await svg(
    '20 10 160 90',
    '<g transform="translate(20-0)"><path d="M0 10h160l-9 90H0z"/></g>',
  )
  expect(mended).toEqual([])
})

test('the viewBox that is told mends every margin, in large units and in small ones', async () => {
  for (const name of BAD.filter((one) => one.startsWith('no-margin--'))) {
    const text = readFileSync(join(LOGOS, 'bad', name), 'utf8')
    const [margin] = await broken(`bad/${name}`)
    const told = /viewBox="[^"]+"/.exec(margin?.mend ?? '')?.[0]
    if (told === undefined) expect(margin?.problem).toContain('nothing is drawn')
    else
      expect([name, (await check(Buffer.from(text.replace(/viewBox="[^"]+"/, told)))).broken]).toEqual([
        name,
        [],
      ])
  }
  const circle = (r: number) => `<circle cx="${2 * r}" cy="${2 * r}" r="${r}"/>`
  for (const r of [0.003, 0.2, 7, 1234]) {
    const [margin] = await svg(`0 0 ${4 * r} ${4 * r}`, circle(r))
    const told = /viewBox="([^"]+)"/.exec(margin?.mend ?? '')?.[1] ?? ''
    expect([told, await svg(told, circle(r))]).toEqual([told, []])
  }
})

test('half a stroke counts, as large as it is drawn', async () => {
  const scaled =
    '<g transform="scale(2)"><circle cx="6" cy="6" r="5" fill="none" stroke="#000" stroke-width="2"/></g>'
  expect(await svg('0 0 24 24', scaled)).toEqual([])
  const thin = '<circle cx="12" cy="12" r="10" fill="none" stroke="#000"/>'
  expect(await svg('0 0 24 24', thin)).toMatchObject([{ rule: 'no-margin' }])
})

test('a background is told with its colour and its element', async () => {
  const circle = '<circle cx="4" cy="4" r="4" fill="#fff"/>'
  const [found] = await svg('0 0 8 8', `<g><rect id="page" width="8" height="8" fill="#06c"/>${circle}</g>`)
  expect(found).toEqual({
    rule: 'background',
    problem: 'its background is #0066cc, not transparent or white',
    mend: 'Remove <rect id="page"> behind the drawing, or fill it with white.',
  })
})

test('what refers to itself is looked at, and more bytes than that are not', async () => {
  expect(await svg('0 0 8 8', '<circle cx="4" cy="4" r="4"/><g id="a"><use href="#a"/></g>')).toEqual([])
  expect(await svg('0 0 8 8', '<g/>'.repeat(100_000))).toMatchObject([{ rule: 'size' }])
})

describe('a rule that was not checked is named, with the reason', () => {
  const MARK = readFileSync(join(LOGOS, 'good/mark.svg'))

  test('without the renderer: the two that need it, with the package to install', async () => {
    const { broken: found, notChecked } = await checkLogo({ fileName: 'mark.svg', bytes: MARK }, () =>
      Promise.resolve({ kind: 'no_renderer' }),
    )
    expect(found).toEqual([])
    expect(notChecked.map(({ rule }) => rule)).toEqual(['no-margin', 'background'])
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      peerDependencies: Record<string, string>
    }
    const [[name, version] = []] = Object.entries(manifest.peerDependencies)
    for (const { mend } of notChecked) expect(mend).toContain(`npm install ${name}@${version}`)
  })

  test('a logo that breaks another rule, and one that cannot be drawn', async () => {
    expect((await check(MARK, 'mark.png')).notChecked).toHaveLength(2)
    expect((await check(Buffer.from('no XML'))).notChecked).toHaveLength(2)
    const failed = await checkLogo({ fileName: 'mark.svg', bytes: MARK }, () =>
      Promise.resolve({ kind: 'failed', why: 'it was not drawn within 60 seconds' }),
    )
    expect(failed).toMatchObject({ broken: [{ rule: 'measurable' }], notChecked: [{}, {}] })
  })
})
