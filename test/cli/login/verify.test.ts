import { describe, expect, test } from 'vitest'
import { lonelySetUpFor } from '../../support/set-up.ts'
import { wauth } from '../../support/wauth-command.ts'
import { handoffToken } from '../../login/handoff/crm.ts'

const secret = 'zX3pQ9rT7vW1yB5nM8kL2jH6gF4dS0aC'
const at = lonelySetUpFor('all', { HANDOFF_SECRET: secret })

const request = `${'A'.repeat(22)}.${'B'.repeat(43)}`
const verify = async (claims: Record<string, unknown>, ...flags: string[]) => {
  const frame = { iss: 'acme', aud: at.url, ...claims }
  const token = await handoffToken({ request, claims: frame })
  const { code, stdout, stderr } = await wauth(['login', 'verify', ...flags], {
    env: at.env,
    stdin: `${token}\n`,
  })
  expect(stdout + stderr).not.toContain(token.split('.')[2])
  expect(stdout + stderr).not.toContain(secret)
  return { code, stdout, stderr }
}

describe('wauth login verify', () => {
  test('tells of each claim that it passes, and who would act for which account', async () => {
    const { code, stdout } = await verify({ account_name: 'Acme & Söhne' })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^pass +aud +http:/m)
    expect(stdout).toMatch(/^unchecked +nonce +\S/m)
    expect(stdout).toContain('Anna Keller acts for Acme & Söhne (acme), in Wazzup Acme Söhne.')
  })

  test('tells all that is wrong at once', async () => {
    const { code, stdout } = await verify({ aud: 'https://other.example', account_id: '..' }, '--json')
    expect(code).toBe(1)
    const { ok, login, claims } = JSON.parse(stdout) as {
      ok: boolean
      login: string
      claims: { code: string | null }[]
    }
    expect({ ok, login }).toEqual({ ok: false, login: 'handoff' })
    expect(claims.flatMap(({ code: why }) => why ?? [])).toEqual(['token_aud', 'account_id_unusable'])
  })

  test('takes no token from the command line, and does not repeat it', async () => {
    const typed = await wauth(['login', 'verify', 'eyJhbGciOi.x.y'], { env: at.env })
    expect(typed).toMatchObject({ code: 2, stdout: '' })
    expect(typed.stderr).not.toContain('eyJhbGciOi')
  })

  test('says that there is none', async () => {
    expect(await wauth(['login', 'verify'], { env: at.env })).toMatchObject({ code: 2, stdout: '' })
  })

  test('ends with 78 where the settings are unusable', async () => {
    const env = { ...at.env, HANDOFF_SECRET: '' }
    expect(await wauth(['login', 'verify'], { env, stdin: 'x' })).toMatchObject({ code: 78, stdout: '' })
  })
})
