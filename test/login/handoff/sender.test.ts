import { expect, test } from 'vitest'
import { systemRandom } from '../../../src/shared/random.ts'
import { crmSecret, handoffToken, type Word } from './crm.ts'
import { openHandoff } from './open-handoff.ts'

const { method } = openHandoff({ HANDOFF_SECRET: crmSecret })

const request = `${'A'.repeat(22)}.${systemRandom(32)}`

const senderOf = async (word: Partial<Word>) => {
  const token = await handoffToken({ request, ...word })
  return method.senderOf({
    params: new URLSearchParams({ token }),
    headers: new Headers(),
    remembered: request,
  })
}

test('two users of the CRM are two senders, and so are two users of one name in two accounts', async () => {
  const senders = await Promise.all(
    [
      {},
      { sub: 'user-2' },
      { account_id: 'nordwind' },
      // Nobody can be spelt so that they look like another.
      { sub: 'user-1,acme', account_id: undefined },
    ].map((claims) => senderOf({ claims })),
  )
  expect(senders).not.toContain(null)
  expect(new Set(senders).size).toBe(4)
})

test('what the CRM has signed has its sender, whatever else is wrong with it', async () => {
  const sender = await senderOf({})
  expect(await senderOf({ claims: { exp: 1, aud: 'https://else.example', iss: 'else' } })).toBe(sender)
})

test.each<[string, Partial<Word>]>([
  ['a key of somebody else', { key: new TextEncoder().encode('another secret of at least 32 bytes') }],
  ['the request of another round', { request: `${'A'.repeat(22)}.${'x'.repeat(43)}` }],
  ['no request', { claims: { nonce: undefined } }],
  ['a request that is no text', { claims: { nonce: [request] } }],
  ['a key that it brings along', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }],
])('with %s it has none', async (_what, word) => {
  expect(await senderOf(word)).toBeNull()
})
