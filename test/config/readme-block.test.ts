import { expect, test } from 'vitest'
import { replaceReadmeBlock } from '../../src/config/readme-block.ts'

const readme = '# Title\n\n<!-- settings:start -->\nold\n<!-- settings:end -->\n\nThe rest\n'

test('replaces what is between the marks and nothing else', () => {
  const result = replaceReadmeBlock(readme, '| new |\n')
  expect(result).toMatch(
    /^# Title\n\n<!-- settings:start -->\n[^]*\| new \|\n[^]*<!-- settings:end -->\n\nThe rest\n$/,
  )
  expect(result).not.toContain('old')
})

test('changes nothing the second time', () => {
  const once = replaceReadmeBlock(readme, '| new |\n')
  expect(replaceReadmeBlock(once, '| new |\n')).toBe(once)
})

test('says which marks are missing', () => {
  expect(() => replaceReadmeBlock('# Title', '')).toThrow(
    expect.objectContaining({
      code: 'readme_marks_missing',
      hint: expect.stringContaining('settings:start') as string,
    }),
  )
})
