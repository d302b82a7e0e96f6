import { afterEach, beforeEach } from 'vitest'
import type { LoginOutcome } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { crmSecret, handoffToken, type Word } from './crm.ts'
import { openHandoff, type OpenedHandoff } from './open-handoff.ts'

/** A browser that stands at the login of a CRM with a shared secret; new for each test of the file. */
export class HandedOver {
  opened!: OpenedHandoff
  request!: string

  /** Comes back with this token. */
  answerWith(token: string): Promise<LoginOutcome> {
    const params = new URLSearchParams({ token })
    return this.opened.method.complete({ params, headers: new Headers(), remembered: this.request })
  }

  /** Comes back with the word of the CRM, as far as it is not said otherwise. */
  async answer(word: Partial<Word> = {}): Promise<LoginOutcome> {
    return this.answerWith(await handoffToken({ request: this.request, ...word }))
  }
}

export function useHandedOver(): HandedOver {
  const login = new HandedOver()
  beforeEach(async () => {
    login.opened = openHandoff({ HANDOFF_SECRET: crmSecret })
    const start = await login.opened.method.begin({ attemptId: systemRandom(16), again: false })
    if (start.kind !== 'redirect') throw new Error('login did not begin')
    login.request = start.remember
  })
  afterEach(() => login.opened.method.close())
  return login
}
