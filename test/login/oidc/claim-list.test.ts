import { describe, expect, test } from 'vitest'
import { claimList } from '../../../src/login/oidc/claim-list.ts'
import { goodUser } from '../../support/oidc-issuer/start-issuer.ts'
import { useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

/** What becomes of a login in which neither the ID token nor userinfo has this claim. */
const logInWithout = async (...claims: string[]) => {
  const without = Object.fromEntries(claims.map((claim) => [claim, undefined]))
  return (await login.logIn({ claims: without, userinfo: without })).kind
}

test('with all of the claims a user is identified', async () => {
  expect(await logInWithout()).toBe('identified')
})

describe.each(claimList)('$name', ({ name, needed }) => {
  test('is needed as the documents say', async () => {
    expect(await logInWithout(name)).toBe(needed === 'always' ? 'refused' : 'identified')
    if (needed === null || needed === 'always') return
    await login.reopen({ [needed.with]: 'admin' })
    expect(await logInWithout(name)).toBe('refused')
  })
})

test.each(claimList.filter(({ setting }) => setting !== undefined))(
  '$name has another name by $setting',
  async ({ name, needed, setting = '' }) => {
    await login.reopen({ [setting]: 'another', OIDC_ALLOWED_ROLES: 'admin' })
    expect(await logInWithout()).toBe(needed === null ? 'identified' : 'refused')
    const value = Object.entries(goodUser).find(([claim]) => claim === name)?.[1]
    const claims = { [name]: undefined, another: value }
    expect((await login.logIn({ claims, userinfo: {} })).kind).toBe('identified')
  },
)

test('the name of the user is taken from the claims that the documents list for it, in their order', async () => {
  const forName = claimList.filter(({ says }) => says.startsWith("The user's name")).map(({ name }) => name)
  const names = Object.fromEntries(forName.map((claim) => [claim, `by ${claim}`]))
  for (const [index, claim] of forName.entries()) {
    const gone = Object.fromEntries(forName.slice(0, index).map((earlier) => [earlier, undefined]))
    const claims = { ...names, ...gone }
    expect(await login.logIn({ claims, userinfo: gone })).toMatchObject({
      identity: { userName: `by ${claim}` },
    })
  }
})
