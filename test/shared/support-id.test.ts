import { describe, expect, test } from 'vitest'
import { readSupportId, supportIdOf } from '../../src/shared/support-id.ts'

describe('a support id is understood', () => {
  test.each([
    ['as it stands on the page', 'WA-7K3M-9Q2P', 'WA-7K3M-9Q2P'],
    ['in lower case', 'wa-7k3m-9q2p', 'WA-7K3M-9Q2P'],
    ['without WA', '7K3M-9Q2P', 'WA-7K3M-9Q2P'],
    ['without dashes', 'wa7k3m9q2p', 'WA-7K3M-9Q2P'],
    ['with blanks and other dashes', ' WA – 7K3M 9Q2P.', 'WA-7K3M-9Q2P'],
    ['with letters for the digits that they look like', 'WA-OIL0-OOOO', 'WA-0110-0000'],
    ['with a letter that the alphabet leaves out', 'WA-UUUU-VVVV', 'WA-VVVV-VVVV'],
    ['typed with a Cyrillic keyboard', 'WА-7К3М-9НВС', 'WA-7K3M-9HBC'],
    ['in wide letters', 'ＷＡ－７Ｋ３Ｍ－９Ｑ２Ｐ', 'WA-7K3M-9Q2P'],
    ['that begins like the prefix', 'WA7K-3M9Q', 'WA-WA7K-3M9Q'],
  ])('%s', (_how, text, id) => {
    expect(readSupportId(text)).toBe(id)
  })
})

test.each(['', 'WA-', 'WA-7K3M-9Q2', 'WA-7K3M-9Q2PX', 'XX-7K3M-9Q2P', 'acme', 'WA-7K3M-9Q2Я'])(
  '«%s» is no support id',
  (text) => {
    expect(readSupportId(text)).toBeNull()
  },
)

test('that of an attempt is read as it was made', () => {
  for (let i = 0; i < 200; i++)
    expect(readSupportId(supportIdOf(`attempt-${i}`))).toBe(supportIdOf(`attempt-${i}`))
})
