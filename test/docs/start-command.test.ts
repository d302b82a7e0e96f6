import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeFlags } from '../support/node-flags.ts'

const scripts = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: { start: string }
}

test('npm start and the image tell Node the same', () => {
  expect(nodeFlags()).not.toEqual([])
  expect(scripts.scripts.start).toBe(`exec node ${nodeFlags().join(' ')} src/main.ts`)
})
