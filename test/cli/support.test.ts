import { afterAll, beforeAll, expect, test } from 'vitest'
import { supportIdOf } from '../../src/shared/support-id.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wauth } from '../support/wauth-command.ts'

let at: FilledDatabase
let attemptId: string
beforeAll(async () => {
  at = await filledDatabase(async (store) => {
    attemptId = (await connected(store, 'acme', 'the-api-key-of-acme')).attemptId
    await store.attempts.tell(attemptId, { step: 'forbidden' })
  })
})
afterAll(() => at.remove())

const run = (...args: string[]) => wauth(['support', ...args], { env: at.env })

test('tells what happened under a support id, however it is written, and no key', async () => {
  const id = supportIdOf(attemptId)
  const { code, stdout, stderr } = await run(id.toLowerCase().replaceAll('-', ''))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`Support id              ${id}`)
  expect(stdout).toContain('The page says           connected')
  expect(stdout).toContain('The acme company (acme)')
  expect(stdout).toMatch(/^\S+Z +confirmed +-$/m)
  expect(stdout).toMatch(/→ nothing; see uploads/)
  expect(stdout).not.toContain('the-api-key')
  const json = await run(id, '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ supportId: id, status: 'connected', crmAccountId: 'acme' },
    exchange: { status: 'connected', tries: 1, generation: 1 },
  })
  const { steps } = JSON.parse(json.stdout) as { steps: { at: string; step: string }[] }
  expect(steps[0]?.step).toBe('opened')
  expect(steps[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
})

test('an id that is not known, or is none, ends with 1 and says what to look at', async () => {
  for (const id of ['WA-0000-0000', 'acme']) {
    const { code, stdout, stderr } = await run(id)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('unknown_support_id')
    expect(stderr).toContain('Compare it with the page.')
  }
})
