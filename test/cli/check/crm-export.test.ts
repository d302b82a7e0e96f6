import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { crmExport } from '../../../src/cli/check/crm-export.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { usualControls } from '../../../src/sandbox/crm/export/controls.ts'
import { openServer } from '../../../src/sandbox/open-server.ts'
import { startSandbox, type Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { loadSettings } from '../../../src/settings.ts'
import { serviceEnvironment, SMALL_EXPORTS } from '../../support/set-up.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ connectorUrl: 'http://127.0.0.1:1', exports: SMALL_EXPORTS })
})
afterEach(() => Object.assign(sandbox.crm.exports, usualControls(), SMALL_EXPORTS))
afterAll(() => sandbox.close())

const check = (more: Record<string, string> = {}, account = 'acme') => {
  const env = {
    ...sandbox.environment,
    ...serviceEnvironment('http://127.0.0.1:1', 3000, '/nowhere'),
    ...more,
  }
  const source = { env, readFile: () => '' }
  return crmExport.run(createContext({ settings: loadSettings(source), source, account, tenantHost: null }))
}

test('an export that keeps the contract: how much of each kind there is', async () => {
  const finding = await check()
  expect(finding).toMatchObject({ status: 'pass', next: null })
  expect(finding.says).toContain('12 users, 2 pipelines, 3 contacts, 2 deals')
})

test.each(['users', 'pipelines', 'contacts', 'deals'])(
  'a row of the %s that cannot be sent',
  async (poisoned) => {
    sandbox.crm.exports.alter = (row, { kind, index }) =>
      kind === poisoned && index === 1 ? { id: 'x' } : row
    const { status, says, next } = await check()
    expect(status).toBe('warning')
    expect(says).toContain(`${poisoned} on the first pages cannot be sent as they are: name_missing`)
    expect(next).toContain('docs/upload.md')
  },
)

test.each([
  ['malformed', fault.processThenReply(200, { body: '[]' }), 'in another shape for the ', '"items"'],
  ['failing', fault.unavailable(500), 'answers 500 for the ', 'must answer 200 to GET …/'],
  ['refusing', fault.processThenReply(403, { body: '' }), 'refuses CRM_EXPORT_TOKEN for the ', 'same token'],
  ['cut off', fault.processThen('reset'), 'cannot be reached for the ', 'CRM_EXPORT_URL'],
])('%s: a failure that names the kind and how to mend it', async (_, broken, says, next) => {
  sandbox.crm.exports.faults.push(broken, broken, broken, broken)
  const finding = await check()
  expect(finding).toMatchObject({ status: 'failure' })
  expect(finding.says).toContain(`${says}users`)
  expect(finding.next).toContain(next)
})

test('an account that the CRM does not know', async () => {
  expect(await check({}, 'nobody')).toMatchObject({
    status: 'failure',
    says: expect.stringMatching(/404/) as string,
  })
})

describe('an export of its own', () => {
  type Answer = { status: number; page?: object }
  type Asked = { kind: string; account: string; cursor: string | null; token: string | undefined }

  /** Keeps the contract but for what `answer` says. */
  async function checkOf(answer: (asked: Asked) => Answer | null, more: Record<string, string> = {}) {
    const { app, url } = await openServer()
    app.get<{ Params: { kind: string }; Querystring: { account: string; cursor?: string } }>(
      '/:kind',
      (request, reply) => {
        const { account, cursor = null } = request.query
        const token = request.headers.authorization
        const asked = { kind: request.params.kind, account, cursor, token }
        const good = token === `Bearer ${sandbox.environment['CRM_EXPORT_TOKEN'] ?? ''}`
        const usual = { status: good ? 200 : 401, page: { items: [], next: null } }
        const { status, page } = answer(asked) ?? usual
        return reply.code(status).send(page ?? {})
      },
    )
    await app.ready()
    onTestFinished(() => app.close())
    return check({ CRM_EXPORT_URL: url, ...more })
  }

  const rows = (...ids: string[]) => ids.map((id) => ({ id, name: 'Somebody' }))
  const page = (items: object[], next: string | null = null) => ({ status: 200, page: { items, next } })
  const isOurs = ({ account, token }: Asked) => account === 'acme' && token?.includes('not-the') === false

  test('open to the world: a failure', async () => {
    const { status, says, next } = await checkOf(() => page([]))
    expect(status).toBe('failure')
    expect(says).toContain('to anybody who asks without a token')
    expect(says).toContain('to anybody who asks with a wrong token')
    expect(next).toContain('401')
  })

  test('one that ignores the account: a failure', async () => {
    const { status, says } = await checkOf(({ kind, token }) =>
      kind === 'users' && token?.includes('not-the') === false ? page(rows('1')) : null,
    )
    expect(status).toBe('failure')
    expect(says).toContain('gives users for an account that does not exist')
  })

  test.each([
    ['a cursor that comes back', 'leads back', ({ cursor }: Asked) => page(rows(cursor ?? '0'), 'a')],
    ['the first page again', 'come again', ({ cursor }: Asked) => page(rows('1'), `${cursor ?? ''}x`)],
    ['no second page', 'page 2', ({ cursor }: Asked) => (cursor ? { status: 500 } : page(rows('1'), 'a'))],
  ])('%s', async (_, told, answer) => {
    const { status, says } = await checkOf((asked) =>
      asked.kind === 'users' && isOurs(asked) ? answer(asked) : null,
    )
    expect(status).toBe('failure')
    expect(says).toContain(told)
  })

  describe('phones', () => {
    const contact = (id: string, chatId: string) => ({
      ...{ id, name: 'Ann', responsibleUserId: '1' },
      contactData: [{ chatType: 'whatsapp', chatId }],
    })
    const exporting =
      (...chatIds: string[]) =>
      (asked: Asked) =>
        asked.kind === 'contacts' && isOurs(asked)
          ? page(chatIds.map((chatId, index) => contact(`c-${index}`, chatId)))
          : asked.kind === 'users' && isOurs(asked)
            ? page(rows('1'))
            : null

    test('that do not leave are counted, each kind with its first row and without the number', async () => {
      const phones = exporting('+79011112233', '020 7946 0958', '84951112233', '8 (901) 111-22-33')
      const { status, says, next } = await checkOf(phones)
      expect(status).toBe('warning')
      expect(says).toContain('2 phones not usable (first: contacts: «c-1»)')
      expect(next).toContain('CRM_EXPORT_COUNTRY')
      expect(says).not.toMatch(/7946|901/)
    })

    test('of the home country are counted, and those that are two numbers', async () => {
      const phones = exporting(
        '+79011112233',
        '+44 20 7946',
        '84951112233',
        '8 (901) 111-22-33',
        '901 1112234',
      )
      const { says, next } = await checkOf(phones, { CRM_EXPORT_COUNTRY: 'RU' })
      expect(says).toContain(
        '1 phone not usable (first: contacts: «c-1»), 1 phone ambiguous (first: contacts: «c-2»), 2 phones read as of RU (first: contacts: «c-3»)',
      )
      expect(next).toContain('Export phones with + and the country code.')
    })

    test('of the home country alone are no fault, and counted', async () => {
      const { status, says } = await checkOf(exporting('8 (901) 111-22-33'), { CRM_EXPORT_COUNTRY: 'ru' })
      expect(status).toBe('pass')
      expect(says).toContain('; 1 phone read as of RU (first: contacts: «c-0»)')
    })

    test('that are ids are not shown', async () => {
      const { says } = await checkOf((asked) =>
        asked.kind === 'contacts' && isOurs(asked) ? page([contact('79011112233', '020 7946 0958')]) : null,
      )
      expect(says).toContain('1 phone not usable (first: contacts: row 1)')
      expect(says).not.toContain('79011112233')
    })
  })

  test('every kind is told of, the first rows by ids that a terminal can show', async () => {
    const bad = Array.from({ length: 7 }, (_, index) => ({ id: `b\u202e${index}` }))
    const { says } = await checkOf((asked) => (isOurs(asked) ? page(bad) : null))
    // What is wrong with all of them is said once.
    expect(says).toContain('7 of 7 users, pipelines, contacts, deals')
    expect(says).toContain('name_missing («b\\u{202e}4»), and 2 more')
    expect(says).not.toContain('\u202e')
  })
})
