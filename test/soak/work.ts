import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { TOKEN } from '../support/internal-at-hand.ts'
import type { Story } from './story.ts'

export interface Target {
  url: string
  internalUrl: string
  sandbox: Sandbox
  story: Story
}

/** The CRM accounts, each with a Wazzup account of its own. */
const WAZZUP_ACCOUNTS = { acme: '87654321', nordwind: '31415926' } as const
type Account = keyof typeof WAZZUP_ACCOUNTS

/** Nothing stays open here that would be counted as the service's. */
const HEADERS = { authorization: `Bearer ${TOKEN}`, connection: 'close', 'content-type': 'application/json' }

interface Answered {
  status?: string
  reason?: string | null
  keyStatus?: string
  code?: string
  parts?: unknown
}

/** Asks the internal listener; a body is posted. */
async function ask({ internalUrl }: Target, path: string, body?: unknown) {
  const post = body !== undefined && { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(internalUrl + path, { headers: HEADERS, ...post })
  return { status: answer.status, body: (await answer.json()) as Answered }
}

/** Resolves when readiness is answered by this status. */
export const ready = (target: Target, wanted = 200) =>
  target.story.persist(
    `readiness ${wanted}`,
    async () => {
      const { status, body } = await ask(target, '/readyz')
      if (status !== wanted) throw new Error(`${status} ${JSON.stringify(body)}`)
    },
    100,
  )

const uploadOf = (account: Account) => `/v1/connections/${account}/upload`

export const startUpload = (target: Target, account: Account) =>
  target.story.persist(`upload of ${account} is started`, async () => {
    expect(await ask(target, uploadOf(account), {})).toMatchObject({ status: 202 })
  })

/**
 * Resolves when the last upload of this account is over. A process that was killed, or has lost its database, may have left it a
 * lease of two minutes, and the next one may meet the same.
 */
export async function uploaded(target: Target, account: Account) {
  const ended = await target.story.persist(`upload of ${account}`, async () => {
    const { status, body } = await ask(target, uploadOf(account))
    if (status === 503) throw new Error(`${status} ${String(body.code)}`)
    if (body.status === 'waiting' || body.status === 'running')
      throw new Error(`${body.status} ${body.reason ?? ''}`)
    return body
  })
  target.story.note(`upload of ${account}: ${String(ended.status)}`)
  expect(ended).toMatchObject({ status: 'done' })
  target.story.count('uploads')
}

async function install(target: Target, account: Account) {
  const state = await target.sandbox.wazzup.mintState({ accountId: WAZZUP_ACCOUNTS[account] })
  const { browser } = await walkToConfirm(target, {
    ...{ state, user: `${account}-admin`, browser: createBrowser() },
  })
  await pressConfirm(browser)
  // Another exchange of this account may still be under way, of a process that was killed: then the page comes back.
  if (browser.page.form('/confirm')) throw new Error('the page asks once more')
  for (;;) {
    const { status, reason } = await resultOf(browser)
    if (status === 'connected') return
    if (status !== 'pending') throw new Error(`${status} ${String(reason)}`)
    await pause(250)
  }
}

/** An account is connected again, and its data is sent. Who is refused, as on a busy machine, begins again. */
export async function installAndUpload(target: Target, account: Account): Promise<void> {
  await target.story.persist(`install of ${account}`, () => install(target, account))
  target.story.count('installs')
  await uploaded(target, account)
}

const FOUND = '200 current'

/** Of a server or a file that does not answer now; of a service that has too much to do; of one that was held up itself. */
const NOT_NOW = ['503 storage_unavailable', '503 overloaded', '408 bad_request']

/** By the crmKey that Wazzup knows of this account. Resolves to the kind of the answer. No other kind than these is right. */
async function lookUp(target: Target, account: Account): Promise<string> {
  const { crmKey } =
    target.sandbox.wazzup.connections().findLast(({ accountId }) => accountId === WAZZUP_ACCOUNTS[account]) ??
    {}
  const { status, body } = await ask(target, '/v1/keys/lookup', { crmKey })
  const kind = `${status} ${body.keyStatus ?? body.code ?? ''}`
  expect([FOUND, ...NOT_NOW]).toContain(kind)
  target.story.count(`look-ups ${kind}`)
  return kind
}

/** So many look-ups find the key. On a busy machine it may take more. */
export async function expectFound(target: Target, account: Account, times = 30): Promise<void> {
  for (let found = 0; found < times;) {
    if ((await lookUp(target, account)) === FOUND) found += 1
    else await pause(250)
  }
}

/** Some are found in memory, some in a file that only takes no write; of a server that is away, none. */
export async function lookUpMeanwhile(target: Target, account: Account, times = 30): Promise<void> {
  for (let time = 0; time < times; time++) await lookUp(target, account)
}
