import { beforeAll, describe, expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { builtCommand, BUILDING, runOnTerminal, runWauth } from '../../support/built-command.ts'
import { moduleAtHand, SECRET } from './module-at-hand.ts'

beforeAll(builtCommand, BUILDING)

const ROUTE = ['POST', '/v3/marketplace'] as const

describe('wauth module set', () => {
  test('on a terminal: shows what will be sent without the secret, asks, and sends it after a yes', async () => {
    const { env, cwd, sent } = await moduleAtHand()
    const { code, screen } = await runOnTerminal(['module', 'set'], { env, cwd }, 'y\n')
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).toContain('secret           *** (24 characters, from WAZZUP_SECRET)')
    expect(screen).toContain('authRedirectUri  http://127.0.0.1:3999/wauth')
    expect(screen).toContain('The module acme-crm is registered.')
    expect(screen).not.toContain('canary')
    expect(sent(...ROUTE)).toEqual([
      { crmCode: 'acme-crm', secret: SECRET, authRedirectUri: 'http://127.0.0.1:3999/wauth' },
    ])
  })

  test.each([
    ['a no', 'n\n'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('on a terminal: %s sends nothing and is no success', async (_what, keys) => {
    const { env, cwd, sent } = await moduleAtHand()
    const { code, screen } = await runOnTerminal(['module', 'set'], { env, cwd }, keys)
    expect(code).toBe(1)
    expect(screen).toContain('Nothing was sent.')
    expect(screen).not.toContain('failed')
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

  test('a 5xx or a cut line: unknown whether it was made, repeating is safe; then it is repeated', async () => {
    const { wazzup, env, cwd, sent } = await moduleAtHand()
    const set = () => runWauth(['module', 'set', '--yes'], { env, cwd })
    wazzup.faultsOn(...ROUTE).push(fault.unavailable(502), fault.processThen('reset'))
    const broken = await set()
    expect(broken.code).toBe(1)
    expect(broken.stderr).toContain('It is unknown whether the change was made. (status 502')
    expect(broken.stderr).toContain('Repeat the command: that is safe')
    const cut = await set()
    expect(cut).toMatchObject({ code: 1, stderr: expect.stringContaining('It is unknown') as string })
    expect(await set()).toMatchObject({ code: 0 })
    expect(new Set(sent(...ROUTE).map((body) => JSON.stringify(body))).size).toBe(1)
  })

  test('too many requests, a closed route, a page of somebody else, nobody there: nothing was changed, and what to do', async () => {
    const { wazzup, env, cwd } = await moduleAtHand()
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Welcome to the airport</html>' }
    wazzup
      .faultsOn(...ROUTE)
      .push(fault.rateLimited(7), fault.refuse(403), fault.refuse(200, page), fault.refuse(404, page))
    const said: string[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const { code, stderr } = await runWauth(['module', 'set', '--yes'], { env, cwd })
      expect(code).toBe(1)
      said.push(stderr)
    }
    expect(said[0]).toContain('Wait 7 seconds')
    expect(said[1]).toContain('integration of the type API')
    expect(said[2]).toContain('It is unknown whether the change was made. (status 200, not_wazzup)')
    expect(said[3]).toContain('Check WAZZUP_API_URL')
    const nobody = { ...env, WAZZUP_API_URL: 'http://127.0.0.1:9' }
    expect(await runWauth(['module', 'set', '--yes'], { env: nobody, cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was sent. (ECONNREFUSED)') as string,
    })
  })
})
