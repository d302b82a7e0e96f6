import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OpenStage } from './stage.ts'
import { begin, refused } from './walk.ts'

export function describeHostileAnswers(open: OpenStage): void {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '.', '..', `${'A'.repeat(22)}.`))
  const name = fc.oneof(
    fc.constantFrom('code', 'state', 'iss', 'token', 'error', 'response', 'id_token'),
    text,
  )
  const garbage = fc.array(fc.tuple(name, text), { maxLength: 12 })

  test('refuses garbage without a fuss', async () => {
    const stage = await open()
    const { remember } = await begin(stage)
    const property = fc.asyncProperty(
      garbage,
      fc.oneof(fc.constant(remember), text),
      async (pairs, remembered) => {
        const outcome = await stage.method.complete({
          params: new URLSearchParams(pairs),
          headers: new Headers(),
          remembered,
        })
        expect(outcome).toMatchObject(refused)
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })

  test('finds no attempt in garbage', async () => {
    const stage = await open()
    const property = fc.property(garbage, (pairs) => {
      const answer = { params: new URLSearchParams(pairs), headers: new Headers() }
      expect(stage.method.attemptOf(answer)).toBeNull()
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('refuses an answer in which any parameter is doubled', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    const { params, headers } = await stage.logIn(location)
    const doubled = [...params].map(([key, value]) => new URLSearchParams([...params, [key, value]]))
    for (const one of doubled) {
      expect(await stage.method.complete({ params: one, headers, remembered: remember })).toMatchObject(
        refused,
      )
    }
    expect(doubled.map((one) => stage.method.attemptOf({ params: one, headers }))).toContain(null)
  })

  test('says of a refusal a short code and nothing of the answer', async () => {
    const stage = await open()
    const { location, remember } = await begin(stage)
    const { params, headers } = await stage.logIn(location)
    for (const key of [...params.keys()]) params.set(key, `${params.get(key) ?? ''}x`)
    const outcome = await stage.method.complete({ params, headers, remembered: remember })
    expect(outcome).toMatchObject({ ...refused, code: expect.stringMatching(/^[a-z0-9_]{3,80}$/) as string })
  })
}
