import { expect, test } from 'vitest'
import type { z } from 'zod'
import { fingerprintsOf } from '../../src/config/fingerprints.ts'
import { newWebhookSecret } from '../../src/config/fields/webhook-secret.ts'
import { bypassList } from '../../src/config/fields/bypass-list.ts'
import { settingFacts } from '../../src/config/setting-facts.ts'
import { settingsGroups } from '../../src/settings.ts'

const KEY = { id: 'k1', key: new Uint8Array(32) }

const printOf = (value: unknown) => fingerprintsOf({ A: value }, KEY).settings['A']

test('two NO_PROXY that differ in one item differ, and one that is written otherwise does not', () => {
  const print = (text: string) => printOf(bypassList().parse(text))
  expect(print('crm.example')).not.toBe(print('other.example'))
  expect(print('10.0.0.0/8,*')).not.toBe(print('10.0.0.0/9,*'))
  expect(print('crm.example,10.0.0.0/8')).toBe(print(' CRM.example 10.0.0.0/8,'))
})

test.each([[() => 1], [Symbol('a')], [/a/], [new Map()], [[{ inside: () => 1 }]]])(
  'a value that JSON would lose is no fingerprint: %s',
  (value) => {
    expect(() => printOf(value)).toThrow(TypeError)
  },
)

/** What has neither an example nor a default. */
const WRITTEN: Record<string, string> = {
  ENCRYPTION_KEYS: `k1:${Buffer.from('a key for tests, of 32 bytes:-)!').toString('base64')}`,
  LOGIN: 'oidc',
  EVENTS_SECRET: newWebhookSecret(),
  EVENTS_SECRET_PREVIOUS: newWebhookSecret(),
  HTTPS_PROXY: 'http://me:password@proxy.crm.example:3128',
}
const SECRET = 'canary-Zk3vQ9pLw2Xr7Tn5Bd8Hc4Jf6Ms'

test('every setting, as it is read, has a fingerprint', () => {
  for (const { schema } of settingsGroups)
    for (const { name, example, fallback } of settingFacts(schema)) {
      const field = schema.shape[name] as z.ZodType
      const value = field.parse(WRITTEN[name] ?? example ?? fallback ?? SECRET)
      expect(printOf(value), name).not.toBe(printOf(undefined))
    }
})
