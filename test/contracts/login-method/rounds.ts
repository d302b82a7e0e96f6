import { expect, test } from 'vitest'
import { minutes } from '../../../src/shared/clock.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import type { LoginHarness, OpenStage } from './stage.ts'
import { begin, logInOnce, refused, type Redirect } from './walk.ts'

export function describeRounds({ identity }: LoginHarness, open: OpenStage): void {
  test('says who logged in', async () => {
    expect(await logInOnce(await open())).toEqual({ kind: 'identified', identity })
  })

  test('finds the attempt that an answer belongs to', async () => {
    const stage = await open()
    const attemptId = systemRandom(16)
    const start = await begin(stage, attemptId)
    expect(stage.method.attemptOf(await stage.logIn(start.location))).toBe(attemptId)
  })

  test('knows who has made an answer: one text for one sender, and nobody for another round or no answer', async () => {
    const stage = await open()
    const attemptId = systemRandom(16)
    const [one, other] = [await begin(stage, attemptId), await begin(stage, attemptId)]
    const [answer, again] = [await stage.logIn(one.location), await stage.logIn(one.location)]
    const sender = await stage.method.senderOf({ ...answer, remembered: one.remember })
    expect(sender).not.toBeNull()
    expect(await stage.method.senderOf({ ...again, remembered: one.remember })).toBe(sender)
    expect(await stage.method.senderOf({ ...answer, remembered: other.remember })).toBeNull()
    expect(await stage.method.senderOf({ ...answer, remembered: 'x' })).toBeNull()
    const nothing = { params: new URLSearchParams(), headers: new Headers() }
    expect(await stage.method.senderOf({ ...nothing, remembered: one.remember })).toBeNull()
    // Asking spends nothing.
    expect(await stage.method.complete({ ...answer, remembered: one.remember })).toMatchObject({
      kind: 'identified',
    })
  })

  test('never makes the same round twice', async () => {
    const stage = await open()
    const [one, other] = [await begin(stage, 'A'.repeat(22)), await begin(stage, 'A'.repeat(22))]
    expect(one.location.href).not.toBe(other.location.href)
    expect(one.remember).not.toBe(other.remember)
  })

  test('keeps to itself what it will recognise the answer by', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    expect(stage.keptBack(remember).filter((secret) => location.href.includes(secret))).toEqual([])
  })

  test('can ask the CRM for another user than the one logged in', async () => {
    const stage = await open()
    const start = await stage.method.begin({ attemptId: systemRandom(16), again: true })
    expect(start).toMatchObject({ kind: 'redirect' })
    expect((start as Redirect).location.searchParams.get('prompt')).toBe('login')
  })

  test('refuses the answer to another round of the same attempt', async () => {
    const stage = await open()
    const attemptId = systemRandom(16)
    const [one, other] = [await begin(stage, attemptId), await begin(stage, attemptId)]
    const answer = await stage.logIn(one.location)
    expect(await stage.method.complete({ ...answer, remembered: other.remember })).toMatchObject(refused)
  })

  test('takes an answer once', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    const answer = await stage.logIn(location)
    const whole = { ...answer, remembered: remember }
    expect(await stage.method.complete(whole)).toMatchObject({ kind: 'identified' })
    expect(await stage.method.complete(whole)).toMatchObject(refused)
  })

  test('takes an answer once, also of twenty at the same moment', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    const answer = await stage.logIn(location)
    const answers = Array.from({ length: 20 }, () =>
      stage.method.complete({ ...answer, remembered: remember }),
    )
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'identified')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(19)
  })

  test('refuses an answer that has grown old', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    const answer = await stage.logIn(location)
    stage.laterBy(minutes(15))
    expect(await stage.method.complete({ ...answer, remembered: remember })).toMatchObject({
      kind: 'refused',
    })
  })
}
