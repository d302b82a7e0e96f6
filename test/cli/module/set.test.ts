import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { builtCommand, BUILDING, runOnTerminal, runWauth } from '../../support/built-command.ts'
import { moduleAtHand, SECRET } from './module-at-hand.ts'

// Each test starts the command several times, which takes its time on a small machine.
vi.setConfig({ testTimeout: 180_000 })
beforeAll(builtCommand, BUILDING)

const ROUTE = ['POST', '/v3/marketplace'] as const

describe('wauth module set', () => {
  test('on a terminal: shows what will be sent without the secret, asks, and sends it after a yes', async () => {
    const { env, cwd, sent } = await moduleAtHand()
    const { code, screen } = await runOnTerminal(['module', 'set'], { env, cwd }, 'y')
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).toContain('secret           *** (24 characters, from WAZZUP_SECRET)')
    expect(screen).toContain('authRedirectUri  http://127.0.0.1:3999/wauth')
    expect(screen).toContain('The module acme-crm is registered.')
    expect(screen).not.toContain('canary')
    expect(sent(...ROUTE)).toEqual([
      { crmCode: 'acme-crm', secret: SECRET, authRedirectUri: 'http://127.0.0.1:3999/wauth' },
    ])
  })

  test('on a terminal: a no sends nothing and is no success', async () => {
    const { env, cwd, sent } = await moduleAtHand()
    const { code, screen } = await runOnTerminal(['module', 'set'], { env, cwd }, 'n')
    expect(code).toBe(1)
    expect(screen).toContain('Nothing was sent.')
    expect(sent(...ROUTE)).toEqual([])
  })

  test('without a terminal: asks for --yes; with it sends; --dry-run sends nothing', async () => {
    const { env, cwd, sent } = await moduleAtHand()
    const [alone, dry] = await Promise.all([
      runWauth(['module', 'set'], { env, cwd }),
      runWauth(['module', 'set', '--dry-run', '--json'], { env, cwd }),
    ])
    expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('Add --yes') as string })
    expect(dry.code).toBe(0)
    expect(JSON.parse(dry.stdout)).toEqual({ result: 'dry_run' })
    expect(sent(...ROUTE)).toEqual([])
    const yes = await runWauth(['module', 'set', '--yes', '--no-redirect', '--json'], { env, cwd })
    expect(yes.code).toBe(0)
    expect(JSON.parse(yes.stdout)).toEqual({ result: 'done', crmCode: 'acme-crm', authRedirectUri: '' })
    expect(yes.stderr).toContain('TENANT_HOSTS is not set')
    expect(sent(...ROUTE)).toMatchObject([{ authRedirectUri: '' }])
    expect(yes.stdout + yes.stderr + dry.stderr).not.toContain('canary')
  })

  test('bad usage: 2. bad settings: 78, all of them, the offending letter named', async () => {
    const { env, cwd, sent } = await moduleAtHand()
    const bad = {
      ...env,
      WAZZUP_CRM_CODE: 'a\u0441me',
      WAZZUP_PARTNER_API_KEY: '',
      PUBLIC_URL: 'http://crm.example',
    }
    const [plain, fragment, query, unknown, settings] = await Promise.all([
      runWauth(['module', 'set', '--yes', '--redirect', 'http://crm.example/wauth'], { env, cwd }),
      runWauth(['module', 'set', '--yes', '--redirect', 'https://crm.example/wauth#a'], { env, cwd }),
      runWauth(['module', 'set', '--yes', '--redirect', 'https://crm.example/wauth?a=b'], { env, cwd }),
      runWauth(['module', 'set', '--nonsense'], { env, cwd }),
      runWauth(['module', 'set', '--yes'], { env: bad, cwd }),
    ])
    expect([plain, fragment, query, unknown].map(({ code }) => code)).toEqual([2, 2, 2, 2])
    expect(plain.stderr).toContain('https://')
    expect(fragment.stderr).toContain('fragment')
    expect(settings.code).toBe(78)
    expect(settings.stderr).toContain(
      'WAZZUP_CRM_CODE has a Cyrillic "\u0441" (U+0441) instead of the Latin "c" at position 2',
    )
    expect(settings.stderr).toContain('WAZZUP_PARTNER_API_KEY is missing')
    expect(settings.stderr).toContain('PUBLIC_URL must begin with https://')
    expect(sent(...ROUTE)).toEqual([])
  })
})

describe('errors of Wazzup come with status, code and what to do', () => {
  test('a crmCode of somebody else, and a key that is none', async () => {
    const { wazzup, env, cwd } = await moduleAtHand()
    wazzup.registerModule({ crmCode: 'acme-crm', secret: 'of-another-partner', foreign: true })
    const [taken, stranger] = await Promise.all([
      runWauth(['module', 'set', '--yes'], { env, cwd }),
      runWauth(['module', 'set', '--yes', '--json'], {
        env: { ...env, WAZZUP_PARTNER_API_KEY: 'no-key-of-wazzup-x' },
        cwd,
      }),
    ])
    expect(taken.code).toBe(1)
    expect(taken.stderr).toContain('Nothing was changed. (status 400, CRM_CODE_TAKEN)')
    expect(taken.stderr).toContain('choose another one in WAZZUP_CRM_CODE')
    expect(stranger.code).toBe(1)
    expect(JSON.parse(stranger.stdout)).toMatchObject({ result: 'failed', status: 401, changed: false })
  })

  test('a 5xx: unknown whether it was made, repeating is safe. Nobody there: nothing was sent', async () => {
    const { env, cwd } = await moduleAtHand()
    const server = createServer((_request, response) => response.writeHead(502).end('<html>')).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const [broken, nobody] = await Promise.all([
      runWauth(['module', 'set', '--yes'], {
        env: { ...env, WAZZUP_API_URL: `http://127.0.0.1:${port}` },
        cwd,
      }),
      runWauth(['module', 'set', '--yes'], { env: { ...env, WAZZUP_API_URL: 'http://127.0.0.1:9' }, cwd }),
    ])
    expect(broken.code).toBe(1)
    expect(broken.stderr).toContain('It is unknown whether the change was made. (status 502, server_error)')
    expect(broken.stderr).toContain('Repeat the command: that is safe')
    expect(nobody).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was sent. (ECONNREFUSED)') as string,
    })
  })
})
