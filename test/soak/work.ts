import { connect } from 'node:net'
import { expect, vi } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { minutes } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { TOKEN } from '../support/internal-at-hand.ts'

export interface Target {
  url: string
  internalUrl: string
  sandbox: Sandbox
}

/** The CRM accounts, each with a Wazzup account of its own. */
const WAZZUP_ACCOUNTS = { acme: '87654321', nordwind: '31415926' } as const
type Account = keyof typeof WAZZUP_ACCOUNTS

/** Nothing stays open here that would be counted as the service's. */
const HEADERS = { authorization: `Bearer ${TOKEN}`, connection: 'close', 'content-type': 'application/json' }

interface Answered {
  status?: string
  keyStatus?: string
  code?: string
}

/** Asks the internal listener; a body is posted. On a busy machine the service may have too much to do: then again. */
const ask = ({ internalUrl }: Target, path: string, body?: unknown) =>
  vi.waitFor(
    async () => {
      const post = body !== undefined && { method: 'POST', body: JSON.stringify(body) }
      const answer = await fetch(internalUrl + path, { headers: HEADERS, ...post })
      const told = (await answer.json()) as Answered
      expect(told.code).not.toBe('overloaded')
      return { status: answer.status, body: told }
    },
    { timeout: minutes(2), interval: 1000 },
  )

/** Resolves when readiness is answered by this status. */
export const ready = (target: Target, status = 200) =>
  vi.waitFor(
    async () => {
      expect((await ask(target, '/readyz')).status).toBe(status)
    },
    { timeout: minutes(5), interval: 100 },
  )

const uploadOf = (account: Account) => `/v1/connections/${account}/upload`

export const startUpload = (target: Target, account: Account) => ask(target, uploadOf(account), {})

/** Resolves when the last upload of this account is over: a process that was killed may have left it a lease of two minutes. */
export const uploaded = (target: Target, account: Account) =>
  expect
    .poll(async () => (await ask(target, uploadOf(account))).body.status, { timeout: minutes(10) })
    .toBe('done')

async function install(target: Target, account: Account) {
  const state = await target.sandbox.wazzup.mintState({ accountId: WAZZUP_ACCOUNTS[account] })
  const { browser } = await walkToConfirm(target, {
    ...{ state, user: `${account}-admin`, browser: createBrowser() },
  })
  await pressConfirm(browser)
  await expect.poll(async () => (await resultOf(browser)).status).toBe('connected')
}

/** An account is connected again, and its data is sent. Who is refused, as on a busy machine, begins again. */
export async function installAndUpload(target: Target, account: Account): Promise<void> {
  await vi.waitFor(() => install(target, account), { timeout: minutes(4), interval: 1000 })
  await uploaded(target, account)
}

/** Many times, by the crmKey that Wazzup knows of this account. Resolves to how often each kind of answer came. */
async function lookUpOften(target: Target, account: Account, times: number) {
  const ofAccount = target.sandbox.wazzup
    .connections()
    .filter(({ accountId }) => accountId === WAZZUP_ACCOUNTS[account])
  const { crmKey } = ofAccount.at(-1) ?? {}
  const answers: Record<string, number> = {}
  for (let time = 0; time < times; time++) {
    const { status, body } = await ask(target, '/v1/keys/lookup', { crmKey })
    const kind = `${status} ${body.keyStatus ?? body.code ?? ''}`
    answers[kind] = (answers[kind] ?? 0) + 1
  }
  return answers
}

const AWAY = '503 storage_unavailable'

/** They find the key. On a busy machine some may come to the service, or be answered by a server, too late. */
export async function expectFound(target: Target, account: Account, times = 100): Promise<void> {
  const { '200 current': found = 0, ...others } = await lookUpOften(target, account, times)
  expect(found, JSON.stringify(others)).toBeGreaterThanOrEqual(0.95 * times)
}

/** Some are found in memory, some in a file that only takes no write; of a server that is away, none. */
export async function expectFoundOrAway(target: Target, account: Account): Promise<void> {
  const kinds = Object.keys(await lookUpOften(target, account, 100))
  expect(['200 current', AWAY]).toEqual(expect.arrayContaining(kinds))
}

/** So many clients begin a request and never end it. Resolves when the service has got rid of all of them. */
export async function slowClients({ url }: Target, count: number): Promise<void> {
  const port = Number(new URL(url).port)
  const one = () =>
    new Promise<boolean>((resolve) => {
      let began = false
      const socket = connect(port, '127.0.0.1', () => {
        began = socket.write('GET /wauth HTTP/1.1\r\nhost:')
      })
      // The service may reset it; what is asserted is that it came in, and that it is over.
      socket.on('error', () => undefined).resume()
      socket.once('close', () => {
        resolve(began)
      })
    })
  const all = await Promise.all(Array.from({ length: count }, one))
  expect(all).toEqual(all.map(() => true))
}
