import { afterAll, beforeAll, expect, test } from 'vitest'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wauth } from '../support/wauth-command.ts'

let at: FilledDatabase
beforeAll(async () => {
  at = await filledDatabase(async () => undefined)
})
afterAll(() => at.remove())

const run = (...args: string[]) => wauth(args, { env: at.env })

test('pause and resume change it, each says so, and the status tells who, when and why', async () => {
  expect((await run('installs')).stdout).toBe('New installs are not paused.\n')
  const paused = await run('installs', 'pause', '--reason', '\u001b[31mit is\nmoved', '--json')
  expect(paused.code).toBe(0)
  expect(JSON.parse(paused.stdout)).toMatchObject({ paused: true, reason: '[31mit is moved' })
  const { stdout } = await run('installs', 'status')
  expect(stdout).toMatch(/^Reason +\[31mit is moved$/m)
  expect(stdout).toMatch(/^To let them in again +wauth installs resume$/m)
  expect(stdout).toMatch(/^\S+Z +installs\.paused +\S+ \(wauth\) \(operator\) +\S+$/m)
  const checked = await run('check', '--offline')
  expect(checked.stdout).toMatch(
    /^WARN {2}New installs: paused since \S+Z by .* \(wauth\): \[31mit is moved$/m,
  )
  expect((await run('installs', 'resume')).stdout).toMatch(
    /^New installs are not paused\. Resumed: \S+Z, by /,
  )
  const audit = JSON.parse((await run('installs', '--json')).stdout) as unknown
  expect(audit).toMatchObject({
    ...{ paused: false, reason: null },
    audit: [{ action: 'installs.resumed', userId: 'operator' }, { action: 'installs.paused' }],
  })
})

test.each([
  ['without a reason', []],
  ['with a reason that shows nothing', ['--reason', ' \u200b ']],
  ['with a word that it does not know', ['--reason', 'it is moved', 'now']],
])('pause %s is wrong usage', async (_what, args) => {
  expect(await run('installs', 'pause', ...args)).toMatchObject({ code: 2, stdout: '' })
})
