import { expect, test } from 'vitest'
import { unknownNames } from '../../src/config/unknown-names.ts'

const warn = (...names: string[]) =>
  unknownNames({ names, known: ['PUBLIC_URL', 'WAZZUP_SECRET', 'HOST', 'PORT'], prefixes: ['WAZZUP_'] })

test.each([
  ['PUBLIC_URI', 'Did you mean PUBLIC_URL?'],
  ['PUBLICURL', 'Did you mean PUBLIC_URL?'],
  ['WAZZUP_SERCET', 'Did you mean WAZZUP_SECRET?'],
  ['WAZZUP_SECRET_FLIE', 'Did you mean WAZZUP_SECRET_FILE?'],
  ['WAZZUP_KEY', 'Look for a typing mistake, or remove it.'],
])('%s is probably a mistake', (name, hint) => {
  expect(warn(name)).toEqual([{ name, problem: 'is not a setting of this service', hint }])
})

test('what is ours, and what is nothing to us, is left alone', () => {
  expect(warn('PUBLIC_URL', 'WAZZUP_SECRET_FILE', 'HOME', 'HOSTNAME', 'PATH', 'PUBLIC_KEY_URL')).toEqual([])
})
