import { expect, test } from 'vitest'
import { checkAnswer } from '../../../src/connect/steps/check-answer.ts'
import type { ConnectDeps, Visit } from '../../../src/connect/visit.ts'
import { seconds } from '../../../src/shared/clock.ts'
import { NOON } from '../../support/attempts.ts'

test('a login that never answers is given seven seconds, by the time that is handed in', async () => {
  const slept: number[] = []
  const deps = {
    store: { attempts: { move: async () => true } },
    login: { complete: () => new Promise(() => undefined) },
    meter: { missed: () => undefined },
    clock: () => NOON,
    sleep: async (ms: number) => void slept.push(ms),
  }
  const attempt = { id: 'a', login: JSON.stringify({ location: 'https://crm.example/', remember: '' }) }
  const visit = { attempt, facts: {} } as unknown as Visit
  const began = performance.now()
  expect(await checkAnswer(visit, deps as unknown as ConnectDeps)).toMatchObject({
    kind: 'refused',
    problem: 'login_unavailable',
  })
  expect(slept).toEqual([seconds(7)])
  expect(performance.now() - began).toBeLessThan(seconds(3))
})
