import { expect, test } from 'vitest'
import { checkRole } from '../../../src/connect/steps/check-role.ts'
import type { ConnectDeps, Visit } from '../../../src/connect/visit.ts'
import type { AttemptMove } from '../../../src/store/port.ts'
import { NOON } from '../../support/attempts.ts'

test.each([
  ['user', 'role_not_allowed'],
  [null, 'role_missing'],
])(
  'a user of role %s, who may not connect any more, is told with the code of the login',
  async (role, code) => {
    const told: AttemptMove['tells'][] = []
    const deps = {
      store: {
        attempts: { move: async (_id: string, { tells }: AttemptMove) => told.push(tells) > 0 },
      },
      login: { mayConnect: () => false },
      meter: { missed: () => undefined },
    }
    const visit = {
      attempt: { id: 'a', status: 'identified', identity: { role } },
      now: NOON,
    } as unknown as Visit
    expect(await checkRole(visit, deps as unknown as ConnectDeps)).toMatchObject({ kind: 'go', to: 'result' })
    expect(told).toMatchObject([{ code }])
  },
)
