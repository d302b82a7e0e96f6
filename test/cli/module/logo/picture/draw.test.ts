import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { drawWithin } from '../../../../../src/cli/module/logo/picture/draw.ts'
import { drawHere } from '../../../../support/draw-here.ts'
import { tempDir } from '../../../../support/temp-dir.ts'

const file = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="256" height="256">${inside}</svg>`
const circle = '<circle cx="4" cy="4" r="4" fill="#06c"/>'
const level = (n: number) => `<g id="l${n}">${`<use href="#l${n - 1}"/>`.repeat(10)}</g>`
const copies = [1, 2, 3, 4, 5, 6, 7].map(level).join('')

test('the process draws what the renderer draws, one picture for each file', async () => {
  const files = [file(circle), file(`${circle}<path d="M0 0h8v1z"/>`)]
  expect(await drawWithin(120_000)(files)).toEqual({
    kind: 'drawn',
    pictures: (await drawHere(files)).pictures.map((one) => Buffer.from(one)),
  })
})

test('endless work ends at the deadline, and copies of copies at the limit of memory', async () => {
  const endless = file(
    '<filter id="f"><feTurbulence numOctaves="1000000000"/></filter><rect width="8" height="8" filter="url(#f)"/>',
  )
  const begun = performance.now()
  expect(await drawWithin(500)([endless])).toEqual({
    kind: 'failed',
    why: 'it was not drawn within 0.5 seconds',
  })
  expect(performance.now() - begun).toBeLessThan(20_000)
  expect(
    await drawWithin(120_000)([file(`<defs><circle id="l0" r="4"/>${copies}</defs><use href="#l7"/>`)]),
  ).toEqual({
    kind: 'failed',
    why: 'the renderer cannot draw it, or not within its memory',
  })
})

test('what is no drawing fails, and costs none of the others', async () => {
  expect(await drawWithin(120_000)([file(circle), '<svg'])).toMatchObject({ kind: 'failed' })
})

test('without the package there is no renderer', async () => {
  const elsewhere = await tempDir()
  const sources = join(import.meta.dirname, '../../../../../src/cli/module/logo/picture')
  for (const name of ['draw.ts', 'pixels.ts', 'drawing-process.ts'])
    await copyFile(join(sources, name), join(elsewhere.path, name))
  const { drawWithin: drawThere } = (await import(join(elsewhere.path, 'draw.ts'))) as {
    drawWithin: typeof drawWithin
  }
  expect(await drawThere(120_000)([file(circle)])).toEqual({ kind: 'no_renderer' })
  await elsewhere.remove()
})
