import type { LoginOutcome, LoginStart } from '../../../src/login/port.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import type { LoginStage } from './stage.ts'

export type Redirect = LoginStart & { kind: 'redirect' }

export const refused = { kind: 'refused', reason: 'login_failed' }

export async function begin({ method }: LoginStage, attemptId = systemRandom(16)): Promise<Redirect> {
  const start = await method.begin({ attemptId, again: false })
  if (start.kind !== 'redirect') throw new Error(`login did not begin: ${start.code}`)
  return start
}

/** The whole way of one browser, as far as it gets. */
export async function logInOnce(stage: LoginStage): Promise<LoginOutcome> {
  const start = await stage.method.begin({ attemptId: systemRandom(16), again: false })
  if (start.kind !== 'redirect') return start
  const answer = await stage.logIn(start.location)
  return stage.method.complete({ ...answer, remembered: start.remember })
}
