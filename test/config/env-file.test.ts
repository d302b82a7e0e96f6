import dotenv from 'dotenv'
import { describe, expect, test } from 'vitest'
import { judgeEnvFile } from '../../src/config/env-file.ts'

const judge = (text: string) => {
  const { cut, warnings } = judgeEnvFile(text, dotenv.parse(text))
  return {
    cut: [...cut.values()].map(({ name, problem }) => `${name} ${problem}`),
    warnings: warnings.map(({ name, problem }) => `${name} ${problem}`),
  }
}

const GOOD = { cut: [], warnings: [] }

describe('a line of .env', () => {
  test.each(['A=b', 'A=', '  A=b', '# A=b#c', 'A=https://crm.example/?x=1', 'A=k1:abc+/==', 'A=b\r'])(
    '%j is read alike by everybody',
    (line) => {
      expect(judge(`${line}\n`)).toEqual(GOOD)
    },
  )

  test.each([
    ...['A=a-secret#with-a-sign', 'A=a#b', 'A=#b', 'export A=ab#c # and a comment'],
    // A quote that nothing closes does not hold the sign.
    ...['A="b#c', "A='it's#c'", 'A=`b#c'],
  ])('%j has lost a part of its value: by the number of the line', (line) => {
    expect(judge(`B=c\n\n${line}\n`)).toEqual({
      cut: ['A is cut at the # in line 3 of .env'],
      warnings: [],
    })
  })

  test.each([
    ...['A="b c"', "A='b#c'", 'A=b # a comment', 'A= # nothing yet', 'A="b\\nc"'],
    // Docker keeps these blanks, or takes the line for a name; systemd passes over a line with `export`.
    ...['A= b', 'A=b ', 'A =b', 'A: b', 'export A=b'],
  ])('%j is read otherwise by others', (line) => {
    expect(judge(line)).toEqual({
      ...{ cut: [], warnings: ['A is written otherwise than it is read, in line 1 of .env'] },
    })
  })

  test('with the name of an earlier one takes its place, and a colon does for a sign', () => {
    expect(judge('A=a#b\nA=good')).toEqual(GOOD)
    expect(judge('A=good\nA=a#b').cut).toEqual(['A is cut at the # in line 2 of .env'])
    expect(judge('A: v#w').cut).toEqual(['A is cut at the # in line 1 of .env'])
  })

  test('with a setting of Node has no effect; but NODE_ENV is one of the service', () => {
    expect(judge('NODE_ENV=development\nNODE_EXTRA_CA_CERTS=/ca.pem')).toEqual({
      ...{ cut: [], warnings: ['NODE_EXTRA_CA_CERTS has no effect in line 2 of .env'] },
    })
  })
})
