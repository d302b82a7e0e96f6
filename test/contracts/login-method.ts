import { afterEach, describe } from 'vitest'
import { describeHostileAnswers } from './login-method/hostile-answers.ts'
import { describeRounds } from './login-method/rounds.ts'
import { describePeer } from './login-method/peer.ts'
import type { LoginHarness, LoginStage } from './login-method/stage.ts'
import { describeEnvironment } from './login-method/environment.ts'

/** What every login method promises to the flow. */
export function describeLoginMethod(name: string, harness: LoginHarness): void {
  const stages: LoginStage[] = []
  afterEach(async () => {
    for (const stage of stages.splice(0)) {
      await stage.method.close()
      await stage.close()
    }
  })
  const open = async (options: Parameters<LoginHarness['open']>[0] = {}) => {
    const stage = await harness.open(options)
    stages.push(stage)
    return stage
  }

  describe(`${name}: a login method`, () => {
    describeRounds(harness, open)
    describeHostileAnswers(open)
    describeEnvironment(harness, open)
    if (harness.asksPeer) describePeer(harness, open)
  })
}
