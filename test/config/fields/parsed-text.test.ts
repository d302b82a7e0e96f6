import { describe, expect, test } from 'vitest'
import { bareText } from '../../../src/config/fields/bare-text.ts'
import { displayName } from '../../../src/config/fields/display-name.ts'
import { encryptionKeys } from '../../../src/config/fields/encryption-keys.ts'
import { secretText } from '../../../src/config/fields/secret-text.ts'
import { textList } from '../../../src/config/fields/text-list.ts'
import { webUrl } from '../../../src/config/fields/web-url.ts'

const FIELDS = {
  ...{ bareText: bareText(), textList: textList(), webUrl: webUrl() },
  ...{ displayName: displayName(), secretText: secretText(), encryptionKeys: encryptionKeys() },
}

const problemOf = (field: keyof typeof FIELDS, text: string) =>
  FIELDS[field].safeParse(text).error?.issues[0]?.message

const key = (id: string) =>
  `${id}:${Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64')}`

describe('what a file or a copy has left in a value is refused, by the name of the character', () => {
  test.each<[keyof typeof FIELDS, string, string]>([
    ['bareText', 'wauth\r', 'begins or ends with a space (U+000D)'],
    ['bareText', ' wauth', 'begins or ends with a space (U+0020)'],
    ['bareText', 'wa\u200buth', 'has an invisible character (U+200B)'],
    ['bareText', 'wauth\u3164', 'has an invisible character (U+3164)'],
    ['bareText', 'wa\u00aduth', 'has an invisible character (U+00AD)'],
    ['bareText', 'wa\u2800uth', 'has an invisible character (U+2800)'],
    ['bareText', 'wa\u0000uth', 'has an invisible character (U+0000)'],
    ['bareText', '"wauth"', 'has quotes around it'],
    ['bareText', "'wauth'", 'has quotes around it'],
    ['textList', '"admin", owner', 'has an item with a quote at its end'],
    ['textList', "admin,'owner", 'has an item with a quote at its end'],
    ['textList', 'ad\u2060min', 'has an invisible character (U+2060)'],
    ['webUrl', 'https://crm.exa\nmple', 'has a space (U+000A)'],
    ['webUrl', 'https://crm.example/\u200b', 'has an invisible character (U+200B)'],
    ['displayName', '"My CRM"', 'has quotes around it'],
    ['secretText', '"d8f7-a0b1c2d3e4f5"', 'has quotes around it'],
  ])('%s %j', (field, text, problem) => {
    expect(problemOf(field, text)).toBe(problem)
  })

  test.each<[keyof typeof FIELDS, string]>([
    ['bareText', 'it is "quoted" inside'],
    ['bareText', 'клиент-1'],
    ['textList', 'admin, owner\r\n'],
    ['displayName', 'ООО "Ромашка"'],
    ['displayName', "O'Neil"],
    ['webUrl', 'https://crm.example/a%20b'],
    ['encryptionKeys', `${key('k2').replace('A', 'B')},\n${key('k1')}`],
  ])('%s takes %j', (field, text) => {
    expect(problemOf(field, text)).toBeUndefined()
  })
})
