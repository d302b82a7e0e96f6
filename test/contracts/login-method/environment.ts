import { expect, test } from 'vitest'
import type { LoginHarness, OpenStage } from './stage.ts'
import { logInOnce } from './walk.ts'

export function describeEnvironment({ identity }: LoginHarness, open: OpenStage): void {
  test('lets every role in when none is named', async () => {
    const { method } = await open()
    expect([method.mayConnect('anything'), method.mayConnect(null)]).toEqual([true, true])
  })

  test('lets only the named roles in', async () => {
    const { method } = await open({ allowedRoles: 'owner, chief' })
    expect(['owner', 'chief', 'Owner', '', null].map((role) => method.mayConnect(role))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  test('does not identify a user whose role may not connect', async () => {
    const outcome = await logInOnce(await open({ allowedRoles: 'owner' }))
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'not_allowed' })
  })

  test('identifies a user whose role may connect', async () => {
    const outcome = await logInOnce(await open({ allowedRoles: `owner,${identity.role ?? ''}` }))
    expect(outcome).toEqual({ kind: 'identified', identity })
  })

  test('says that it is well', async () => {
    const { method } = await open()
    const lines = await method.check()
    expect(lines.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(lines.map(({ part }) => part)).toEqual([...new Set(lines.map(({ part }) => part))])
    await expect.poll(() => method.health()).toMatchObject({ ok: true, detail: expect.any(String) as string })
  })
}
