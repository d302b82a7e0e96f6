import { expect, test } from 'vitest'
import { textOf } from './links.ts'

const workflow = textOf('.github/workflows/check.yml')

test('every action is pinned to a commit, with its version beside it', () => {
  const uses = [...workflow.matchAll(/uses: (.+)/g)].map(([, action]) => action)
  expect(uses.length).toBeGreaterThan(0)
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('the whole check runs on every Node that is supported', () => {
  expect(workflow).toContain('node: [22, 24, 26]')
  expect(workflow).toContain('run: npm run check\n')
  const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } }
  expect(engines.node).toMatch(/^>=22\./)
})
