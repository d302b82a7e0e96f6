import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWazzup, type WazzupSimulator } from '../../src/sandbox/wazzup/start-wazzup.ts'
import { claimed, connected, recordKey } from '../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../support/filled-database.ts'
import { wauth } from '../support/wauth-command.ts'

let wazzup: WazzupSimulator
let at: FilledDatabase
beforeAll(async () => {
  wazzup = await startWazzup()
  at = await filledDatabase(
    async (store) => {
      await connected(store, 'acme', 'the-api-key-of-acme')
      await connected(store, 'nordwind', 'the-api-key-of-nordwind')
      await recordKey(store, await claimed(store, 'warned'), 'the-api-key-of-warned', true)
      const claim = await store.uploads.claimDue({ runner: 'runner', lease: 0 })
      const trouble = { tries: 0, spent: 0 }
      const end = { status: 'failed', reason: 'address_refused', wait: null, trouble } as const
      if (claim) await store.uploads.release(claim, end)
      await connected(store, 'alone', 'the-api-key-of-alone', '87654321')
      await claimed(store, 'under-way')
    },
    { WAZZUP_API_URL: wazzup.url },
  )
})
afterAll(async () => {
  await wazzup.close()
  await at.remove()
})

const run = (...args: string[]) => wauth(['connections', ...args], { env: at.env })

test('list shows who is connected, for people and for scripts, and no key', async () => {
  const { code, stdout } = await run('list')
  expect(code).toBe(0)
  expect(stdout.split('\n')[0]).toMatch(/^CRM ACCOUNT +NAME +WAZZUP ACCOUNT +STATUS/)
  expect(stdout).toMatch(
    /^acme +The acme company +12345678 +connected .* {2}Wazzup account also of: nordwind, warned$/m,
  )
  expect(stdout).toMatch(/^warned .* connected .* address_refused; Wazzup account also of: acme, nordwind$/m)
  expect(stdout).toMatch(/^alone .* 87654321 +connected .* -$/m)
  const json = await run('list', '--json', '--limit', '1', '--after', 'acme')
  expect(JSON.parse(json.stdout)).toEqual([
    expect.objectContaining({
      ...{ crmAccountId: 'alone', status: 'connected', alsoConnected: [] },
    }),
  ])
  expect(stdout + json.stdout).not.toContain('the-api-key')
  expect((await run('list', '--status', 'invalid')).stdout).toContain('No connections.')
})

test('show tells who did what, when and from where', async () => {
  const { code, stdout } = await run('show', 'nordwind')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\S+Z +connection\.connected +1 +Ann Admin \(nordwind-admin\) +203\.0\.113\.7$/m)
  const json = await run('show', 'nordwind', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ crmAccountId: 'nordwind', status: 'connected' },
    audit: [{ action: 'connection.connected', userId: 'nordwind-admin', wazzupAccountId: '12345678' }],
  })
  expect((await run('show', 'warned')).stdout).toMatch(/^Warning +address_refused \(.*wauth upload status/m)
  expect(stdout).toMatch(/^Warning +Wazzup account also of: acme, warned$/m)
  const unknown = await run('show', 'nobody')
  expect(unknown.code).toBe(1)
  expect(unknown.stderr).toContain('unknown_connection')
})

test('disconnect asks first; without a terminal it wants --yes', async () => {
  const asked = await run('disconnect', 'acme')
  expect({ code: asked.code, stdout: asked.stdout }).toEqual({ code: 1, stdout: '' })
  expect(asked.stderr).toContain('--yes')
  expect((await run('show', 'acme')).stdout).toMatch(/^Status +connected$/m)
})

test('disconnect ends it, says what is left to do, and leaves a trace of the operator', async () => {
  // This Wazzup does not know the key: it cannot be told, and the disconnect happens all the same.
  const { code, stdout } = await run('disconnect', 'acme', '--yes')
  expect(code).toBe(0)
  expect(stdout).toContain('Disconnected. Its keys are refused from now on.')
  expect(stdout).toContain('remove the integration in Wazzup')
  const shown = await run('show', 'acme', '--json')
  expect(JSON.parse(shown.stdout)).toMatchObject({
    ...{ status: 'disconnected', generation: null },
    audit: [{ action: 'connection.disconnected', userId: 'operator' }, { action: 'connection.connected' }],
  })
  expect((await run('disconnect', 'acme', '--yes')).stdout).toContain('It was disconnected before')
  expect(await run('disconnect', 'nobody', '--yes')).toMatchObject({ code: 1 })
})

test('disconnect asks also before it ends a first exchange, of which nothing else is shown', async () => {
  expect((await run('show', 'under-way')).code).toBe(1)
  expect((await run('disconnect', 'under-way')).stderr).toContain('--yes')
  expect((await run('disconnect', 'under-way', '--yes')).stdout).toContain('Its keys are refused from now on')
  expect((await run('disconnect', 'under-way', '--yes')).stderr).toContain('unknown_connection')
})

test('what is kept of persons is exported; once the connection has ended they are erased, and that is asked first', async () => {
  const person = { userId: 'nordwind-admin', userName: 'Ann Admin', address: '203.0.113.7' }
  const kept = await run('export', 'nordwind')
  expect(JSON.parse(kept.stdout)).toMatchObject({
    ...{ crmAccountId: 'nordwind', crmAccountName: 'The nordwind company' },
    ...{ exchanges: [person], audit: [{ action: 'connection.connected', ...person }] },
  })
  expect(kept.stdout).not.toContain('the-api-key')
  const early = await run('erase', 'nordwind', '--yes')
  expect(early).toMatchObject({ code: 1, stdout: '' })
  expect(early.stderr).toContain('wauth connections disconnect nordwind')
  await run('disconnect', 'nordwind', '--yes')
  const asked = await run('erase', 'nordwind')
  expect(asked).toMatchObject({ code: 1, stdout: '' })
  expect(asked.stderr).toContain('--yes')
  const { code, stdout } = await run('erase', 'nordwind', '--yes')
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Erased, in \d rows\./) as string,
  })
  expect(stdout).toMatch(/^- Backups and copies in other places hold it/m)
  expect(JSON.parse((await run('export', 'nordwind')).stdout)).toMatchObject({
    exchanges: [],
    audit: [],
    attempts: [],
  })
  const shown = await run('show', 'nordwind')
  expect(shown.stdout).toMatch(/connection\.erased .* \(wauth\) \(operator\)/)
  expect(shown.stdout).not.toContain('Ann Admin')
  expect(await run('erase', 'nobody', '--yes')).toMatchObject({ code: 1 })
})
