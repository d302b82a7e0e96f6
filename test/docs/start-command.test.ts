import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXIT } from '../../src/cli/exit.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { blockWith } from './blocks.ts'

const scripts = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: { start: string }
}

test('npm start and the image tell Node the same', () => {
  expect(nodeFlags()).not.toEqual([])
  expect(scripts.scripts.start).toBe(`exec node ${nodeFlags().join(' ')} src/main.ts`)
})

test('so does the unit for systemd, which starts nothing again that somebody has to change', () => {
  const unit = blockWith('docs/operations.md', 'ExecStart=')
  expect(unit).toContain(`node_modules/.bin/node ${nodeFlags().join(' ')} src/main.ts\n`)
  expect(unit).toContain(`RestartPreventExitStatus=${EXIT.configuration}\n`)
})
