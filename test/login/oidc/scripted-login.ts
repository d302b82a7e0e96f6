import { afterEach, beforeEach, expect } from 'vitest'
import type { LoginOutcome } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import type { Script } from '../../support/oidc-issuer/script.ts'
import { startIssuer, type ScriptedIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { testDeps } from '../deps.ts'
import { openOidc, type Opened } from './open-oidc.ts'

/** An issuer that misbehaves, and a method that talks to it; both new for each test of the file. */
export class ScriptedLogin {
  issuer!: ScriptedIssuer
  opened!: Opened

  /** Makes the method again, for settings of its own or to begin with nothing known. */
  async reopen(texts: Record<string, string> = {}, deps = testDeps()): Promise<void> {
    await this.opened.method.close()
    this.opened = openOidc(this.issuer.url, texts, deps)
  }

  async begin() {
    return this.opened.method.begin({ attemptId: systemRandom(16), again: false })
  }

  /** One login with an issuer that follows the script. */
  async logIn(script: Partial<Script> = {}): Promise<LoginOutcome> {
    Object.assign(this.issuer.script, script)
    const start = await this.begin()
    if (start.kind !== 'redirect') return start
    const params = await this.issuer.logIn(start.location)
    return this.opened.method.complete({ params, headers: new Headers(), remembered: start.remember })
  }
}

export function useScriptedLogin(): ScriptedLogin {
  const login = new ScriptedLogin()
  beforeEach(async () => {
    login.issuer = await startIssuer()
    login.opened = openOidc(login.issuer.url)
  })
  afterEach(async () => {
    await login.opened.method.close()
    await login.issuer.close()
  })
  return login
}

/** What anybody can have caused, or the person. */
export const refusedBy = (code: string) => ({
  kind: 'refused',
  reason: 'login_failed',
  code,
  hint: aSentence,
})

/** What only the vendor can have caused. */
export const misconfiguredBy = (code: string) => ({ ...refusedBy(code), reason: 'login_misconfigured' })

const aSentence = expect.stringMatching(/^[A-Z].*[.:]$/) as string
