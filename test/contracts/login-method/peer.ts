import { expect, test } from 'vitest'
import type { LoginHarness, OpenStage } from './stage.ts'
import { logInOnce } from './walk.ts'

export function describePeer({ identity }: LoginHarness, open: OpenStage): void {
  test('starts, and says that login is unavailable', async () => {
    expect(await logInOnce(await open({ down: true }))).toMatchObject({ kind: 'unavailable' })
  })

  test('tells the operator', async () => {
    const { method } = await open({ down: true })
    await expect.poll(() => method.health()).toMatchObject({ ok: false })
  })

  test('gets well by itself when the CRM is back', async () => {
    const stage = await open({ down: true })
    await expect.poll(() => stage.method.health().detail).toContain('peer_unreachable')
    stage.peer?.comeUp()
    await expect.poll(() => stage.method.health().ok, { timeout: 120_000 }).toBe(true)
  })

  test('works at the first login after the CRM is back', async () => {
    const stage = await open({ down: true })
    await logInOnce(stage)
    stage.peer?.comeUp()
    expect(await logInOnce(stage)).toEqual({ kind: 'identified', identity })
  })

  test('leaves no connection open after close', async () => {
    const stage = await open()
    await logInOnce(stage)
    await stage.method.close()
    await expect.poll(() => stage.peer?.sockets()).toBe(0)
  })
}
