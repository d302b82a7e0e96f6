import { expect, test } from 'vitest'
import { replaceReadmeBlock } from '../../src/config/readme-block.ts'

const readme = '# Title\n\n<!-- settings:start -->\nold\n<!-- settings:end -->\n\nThe rest\n'

test('replaces what is between the marks and nothing else', () => {
  const result = replaceReadmeBlock(readme, 'settings', '| new |\n')
  expect(result).toMatch(
    /^# Title\n\n<!-- settings:start -->\n[^]*\| new \|\n[^]*<!-- settings:end -->\n\nThe rest\n$/,
  )
  expect(result).not.toContain('old')
})

test('changes nothing the second time', () => {
  const once = replaceReadmeBlock(readme, 'settings', '| new |\n')
  expect(replaceReadmeBlock(once, 'settings', '| new |\n')).toBe(once)
})

test('says which marks are missing', () => {
  expect(() => replaceReadmeBlock('# Title', 'claims-oidc', '')).toThrow(
    expect.objectContaining({
      code: 'readme_marks_missing',
      hint: expect.stringContaining('claims-oidc:start') as string,
    }),
  )
})
