import { expect, onTestFinished, test, vi } from 'vitest'
import { print } from '../../src/cli/output.ts'

test('JSON for a terminal has no character that shows nothing or that it may obey, and is the same for a program', () => {
  let written = ''
  const write = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => (written += String(text)) !== '')
  onTestFinished(() => {
    write.mockRestore()
  })
  const name = 'a\u001b[31m\u009b\u202e\u2028\u3164\u2800\ufe0f\ue000\u{e0041}\u{1d159}\nb'
  print({ name, more: ['ä'] }, { json: true }, () => '')
  expect(JSON.parse(written)).toEqual({ name, more: ['ä'] })
  // Controls, format, private use, separators, and what browsers and terminals show nothing of.
  expect(written.replaceAll('\n', '')).not.toMatch(
    /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u,
  )
})
