import { describe, expect, test } from 'vitest'
import { logins } from './providers/logins.ts'
import { anybodys, documents, vendors } from './providers/refusals.ts'
import type { Row } from './providers/row.ts'
import { useScriptedLogin } from './scripted-login.ts'

const login = useScriptedLogin()

async function follow({ script, texts }: Row) {
  Object.assign(login.issuer.script, script(login.issuer.url))
  await login.reopen(texts)
}

describe('a login succeeds with a provider', () => {
  test.each(logins)('$provider, which $does ($seen)', async (row) => {
    await follow(row)
    expect(await login.logIn()).toMatchObject({
      kind: 'identified',
      identity: { userId: 'user-1', crmAccountId: 'acme', role: 'admin' },
    })
  })
})

describe('the vendor is told what to change at a provider', () => {
  test.each(vendors)('$provider, which $does: $code ($seen)', async (row) => {
    await follow(row)
    expect(await login.logIn()).toMatchObject({
      ...{ kind: 'refused', reason: 'login_misconfigured', code: row.code },
    })
  })
})

describe('what any browser can bring about raises no alarm', () => {
  test.each(anybodys)('$provider, which $does: $code ($seen)', async (row) => {
    await follow(row)
    expect(await login.logIn()).toMatchObject({ kind: 'refused', reason: 'login_failed', code: row.code })
  })
})

describe('a login cannot begin, and the log says what stands in the document', () => {
  test.each(documents)('$provider, which $does: $code ($seen)', async (row) => {
    await follow(row)
    expect(await login.begin()).toMatchObject({
      ...{ kind: 'refused', reason: 'login_misconfigured', code: row.code },
      hint: expect.stringMatching(/^The document .*\.$/) as string,
    })
  })
})
