import { describe, expect, test } from 'vitest'
import { crmSecret, handoffToken, type Word } from './crm.ts'
import { useHandedOver } from './handed-over.ts'
import { openHandoff } from './open-handoff.ts'

const login = useHandedOver()

async function judged(word: Partial<Word> = {}, method = login.opened.method) {
  const { lines, ok, identity } = await method.judge(await handoffToken({ request: login.request, ...word }))
  const failures = lines.filter(({ status }) => status === 'fail').map(({ claim, code }) => [claim, code])
  return { ok, identity, lines, failures: Object.fromEntries(failures) as unknown }
}

describe('a hand-over at hand', () => {
  test('passes claim by claim, and is not used up', async () => {
    const { ok, identity, lines } = await judged({ claims: { jti: 'one' } })
    expect({ ok, identity }).toMatchObject({ ok: true, identity: { crmAccountId: 'acme', role: 'admin' } })
    expect(lines.map(({ claim, status }) => `${claim} ${status}`).sort()).toEqual(
      [
        ...['signature pass', 'nonce unchecked', 'iss pass', 'aud pass', 'exp pass', 'nbf pass', 'iat pass'],
        ...['jti pass', 'user_name pass', 'sub pass', 'account_id pass', 'account_name pass', 'role pass'],
      ].sort(),
    )
    expect(await login.answer({ claims: { jti: 'one' } })).toMatchObject({ kind: 'identified' })
  })

  test('is told all that is wrong with it, each by the code of a login', async () => {
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ iss: 'other', aud: 'https://other.example', iat: at, exp: at + 600, jti: '', nonce: undefined },
      ...{ user_name: undefined, account_id: 'ac\u200bme' },
    }
    const key = new TextEncoder().encode('another-secret-of-thirty-two-bytes')
    expect((await judged({ claims, key })).failures).toEqual({
      ...{ signature: 'token_signature', iss: 'token_iss', aud: 'token_aud', exp: 'token_lives_too_long' },
      ...{ jti: 'token_id_unusable', nonce: 'token_nonce_missing', user_name: 'token_claim_missing' },
      account_id: 'account_id_unusable',
    })
  })

  test('shows no value of a claim that could do something to a terminal', async () => {
    const { lines } = await judged({ claims: { account_name: 'Ac\u001b[2Jme', '\u001b[2J': 1 } })
    expect(JSON.stringify(lines.map(({ claim, says }) => [claim, says]))).not.toContain('\\u001b')
  })
})

describe('while the CRM changes its secret', () => {
  const previous = 'aC0dS4gF6jH2kL8mN5yB1vW7rT9pQ3zX'
  const before = new TextEncoder().encode(previous)

  test.each([
    ['the one of now', undefined],
    ['the one of before', before],
  ])('a hand-over that is signed with %s logs in, once', async (_, key) => {
    await login.opened.method.close()
    login.opened = openHandoff({ HANDOFF_SECRET: crmSecret, HANDOFF_SECRET_PREVIOUS: previous })
    const word = { claims: { jti: 'one' }, ...(key && { key }) }
    expect(await login.answer(word)).toMatchObject({ kind: 'identified' })
    expect(await login.answer(word)).toMatchObject({ kind: 'refused', code: 'token_used_before' })
  })

  test('neither another secret nor, without the setting, the one of before is taken', async () => {
    expect(await login.answer({ key: before })).toMatchObject({ code: 'token_signature' })
    const { method } = openHandoff({ HANDOFF_SECRET: crmSecret, HANDOFF_SECRET_PREVIOUS: previous })
    const stranger = new TextEncoder().encode('another-secret-of-thirty-two-bytes')
    expect((await judged({ key: stranger }, method)).failures).toEqual({ signature: 'token_signature' })
  })
})
