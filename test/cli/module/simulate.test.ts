import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { builtCommand, BUILDING, runWauth } from '../../support/built-command.ts'
import { moduleAtHand, SECRET } from './module-at-hand.ts'

beforeAll(builtCommand, BUILDING)

const module = { crmCode: 'acme-crm', secret: SECRET, authRedirectUri: 'http://127.0.0.1:3999/wauth' }
const ADDRESS = /http:\/\/127\.0\.0\.1:3999\/wauth\?state=[\w-]+\.[\w-]+\.[\w-]+/

test.each(['redirect', 'link'] as const)(
  'prints the address to open, from an answer by %s',
  async (wauthAnswer) => {
    const { env, cwd } = await moduleAtHand({ module, switches: { wauthAnswer } })
    const { code, stdout } = await runWauth(['module', 'simulate'], { env, cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(ADDRESS)
    expect(stdout).toContain('Wazzup account 31415926')
    expect(stdout).not.toContain('Warning')
  },
)

test('--open hands the address to the browser; an address elsewhere is warned about', async () => {
  const { env, cwd } = await moduleAtHand({
    module: { ...module, authRedirectUri: 'http://elsewhere.example/wauth' },
  })
  const opener = join(cwd, process.platform === 'darwin' ? 'open' : 'xdg-open')
  await writeFile(opener, '#!/bin/sh\nprintf %s "$1" > opened.part && mv opened.part opened\n')
  await chmod(opener, 0o755)
  const path = { PATH: `${cwd}:${process.env['PATH'] ?? ''}` }
  const { code, stdout } = await runWauth(['module', 'simulate', '--open', '--json'], {
    env: { ...env, ...path },
    cwd,
  })
  expect(code).toBe(0)
  const { address, warning } = JSON.parse(stdout) as { address: string; warning: string }
  expect(warning).toContain('wauth module set')
  await expect.poll(() => readFile(join(cwd, 'opened'), 'utf8').catch(() => null)).toBe(address)
})

test('without a browser the address is there all the same, and the command fails', async () => {
  const { env, cwd } = await moduleAtHand({ module })
  const { code, stdout, stderr } = await runWauth(['module', 'simulate', '--open'], {
    env: { ...env, PATH: cwd },
    cwd,
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(ADDRESS)
  expect(stderr).toContain('Open the address above yourself')
})

test('--domain for a module without an address; without it Wazzup refuses', async () => {
  const { env, cwd, sent } = await moduleAtHand({ module: { ...module, authRedirectUri: '' } })
  const domain = 'https://acme.crm.example'
  const [good, none, typo] = await Promise.all([
    runWauth(['module', 'simulate', '--domain', domain, '--json'], { env, cwd }),
    runWauth(['module', 'simulate'], { env, cwd }),
    runWauth(['module', 'simulate', '--domain', 'acme'], { env, cwd }),
  ])
  expect(JSON.parse(good.stdout)).toMatchObject({
    result: 'done',
    address: expect.stringMatching(/^https:\/\/acme\.crm\.example\/\?state=/) as string,
  })
  expect(sent('POST', '/v3/wauth')).toContainEqual({ type: 'acme-crm', domain })
  expect(none.code).toBe(1)
  expect(none.stderr).toContain('add --domain')
  expect(typo.code).toBe(2)
})

test('an answer without an address is told as that, and one that got lost as repeatable', async () => {
  const { wazzup, env, cwd } = await moduleAtHand({ module })
  wazzup.faultsOn('POST', '/v3/wauth').push(fault.refuse(200, { body: { ok: true } }), fault.unavailable())
  const simulate = () => runWauth(['module', 'simulate'], { env, cwd })
  expect(await simulate()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('with no address to open') as string,
  })
  expect(await simulate()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Repeat the command') as string,
  })
})
