import { expect, test } from 'vitest'
import { replaceBlock } from '../../src/config/document-block.ts'

const readme = '# Title\n\n<!-- settings:start -->\nold\n<!-- settings:end -->\n\nThe rest\n'

test('replaces what is between the marks and nothing else', () => {
  const result = replaceBlock(readme, 'settings', '| new |\n')
  expect(result).toMatch(
    /^# Title\n\n<!-- settings:start -->\n[^]*\| new \|\n[^]*<!-- settings:end -->\n\nThe rest\n$/,
  )
  expect(result).not.toContain('old')
})

test('changes nothing the second time', () => {
  const once = replaceBlock(readme, 'settings', '| new |\n')
  expect(replaceBlock(once, 'settings', '| new |\n')).toBe(once)
})

test('says which marks are missing', () => {
  expect(() => replaceBlock('# Title', 'claims-oidc', '')).toThrow(
    expect.objectContaining({
      code: 'document_marks_missing',
      hint: expect.stringContaining('claims-oidc:start') as string,
    }),
  )
})
