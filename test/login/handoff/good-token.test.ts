import { describe, expect, test } from 'vitest'
import { crmSecret, secretBytes } from './crm.ts'
import { useHandedOver } from './handed-over.ts'
import { openHandoff } from './open-handoff.ts'

const now = () => Math.floor(Date.now() / 1000)
const login = useHandedOver()

describe('a token is accepted', () => {
  test('when the clocks differ by less than half a minute', async () => {
    expect(await login.answer({ claims: { iat: now() + 20, exp: now() + 80 } })).toMatchObject({
      kind: 'identified',
    })
  })

  test('that lives two minutes', async () => {
    const at = now()
    expect(await login.answer({ claims: { iat: at, exp: at + 120 } })).toMatchObject({ kind: 'identified' })
  })

  test('for several services, ours among them', async () => {
    const aud = ['https://other.example', 'https://connector.example']
    expect(await login.answer({ claims: { aud } })).toMatchObject({ kind: 'identified' })
  })

  test.each([' ', '', null, '\u200b', 7])('with the user’s own name for themselves, %j', async (name) => {
    expect(await login.answer({ claims: { user_name: name } })).toMatchObject({
      ...{ kind: 'identified', identity: { userId: 'user-1' } },
    })
  })

  test.each(['https://connector.example/', 'HTTPS://Connector.Example', 'https://connector.example:443'])(
    'for the service as somebody may write it: %s',
    async (aud) => {
      expect(await login.answer({ claims: { aud } })).toMatchObject({ kind: 'identified' })
    },
  )

  test.each([' ', '', null, undefined, '\u3164', '\u200b\u034f'])(
    'with ids in place of names that say nothing, %j',
    async (nothing) => {
      expect(
        await login.answer({ claims: { user_name: nothing ?? null, account_name: nothing } }),
      ).toMatchObject({
        identity: { userName: 'user-1', crmAccountName: 'acme' },
      })
    },
  )

  test('with a number as account id', async () => {
    const outcome = await login.answer({ claims: { account_id: 4711 } })
    expect(outcome).toMatchObject({ identity: { crmAccountId: '4711' } })
  })
})

describe('the use of a token', () => {
  test('is not spent by a token that fails another check', async () => {
    await login.answer({ claims: { jti: 'one', role: 'user', account_id: '' } })
    expect([...login.opened.deps.claimed.keys()]).toEqual([])
  })

  test('is remembered for as long as the token could be accepted', async () => {
    const at = now()
    await login.answer({ claims: { jti: 'one', iat: at, exp: at + 60 } })
    const until = at + (login.opened.deps.claimed.get('handoff:one') ?? 0) / 1000
    expect(until).toBeGreaterThan(at + 60 + 30)
  })

  test('counts over two requests', async () => {
    expect(await login.answer({ claims: { jti: 'one' } })).toMatchObject({ kind: 'identified' })
    expect(await login.answer({ claims: { jti: 'one' } })).toMatchObject({
      ...{ kind: 'refused', reason: 'login_failed', code: 'token_used_before' },
    })
  })

  test('fails loudly when the store cannot say', async () => {
    await login.opened.method.close()
    const claimOnce = () => Promise.reject(new Error('store down'))
    login.opened = openHandoff({ HANDOFF_SECRET: crmSecret }, { ...login.opened.deps, claimOnce })
    await expect(login.answer({ key: secretBytes })).rejects.toThrow('store down')
  })
})
