import { expect } from 'vitest'
import type { DemoCrm } from '../../src/sandbox/crm/start-demo-crm.ts'
import type { Account } from '../../src/sandbox/wazzup/accounts.ts'
import type { Upload } from '../../src/store/port.ts'
import { pressConfirm, walkToConfirm, type TestConnector } from './connector.ts'
import { send } from '../sandbox/wazzup/wazzup-at-hand.ts'

/** Connects acme, or whom the user belongs to. */
export async function connectAccount(connector: Pick<TestConnector, 'url' | 'sandbox'>, user = 'acme-admin') {
  const { browser } = await walkToConfirm(connector, { user })
  await pressConfirm(browser)
  return browser
}

/** Waits until an upload has come to its end. */
export async function uploadEnd(
  { store }: Pick<TestConnector, 'store'>,
  { account = 'acme' } = {},
): Promise<Upload> {
  await expect
    .poll(async () => (await store.uploads.find(account))?.status, { timeout: 150_000, interval: 100 })
    .toMatch(/^(done|done_with_rejects|failed)$/)
  const upload = await store.uploads.find(account)
  if (!upload) throw new Error('there is no upload')
  return upload
}

/** So many milliseconds pass every tenth of a second, until that is stopped. */
export function hurry({ moveTime }: Pick<TestConnector, 'moveTime'>, ms: number) {
  let moving: Promise<unknown> = Promise.resolve()
  const hurrying = setInterval(() => {
    moving = Promise.all([moving, moveTime(ms)])
  }, 100)
  return async () => {
    clearInterval(hurrying)
    // The database may be gone a moment later.
    await moving
  }
}

/** The end of an upload that meets faults: the pauses before its next tries pass ten times as fast. */
export async function hurriedEnd(connector: TestConnector) {
  const stop = hurry(connector, 900)
  try {
    return await uploadEnd(connector)
  } finally {
    await stop()
  }
}

/** Everything of a kind that the CRM exports for an account, page by page. */
async function* exported(crm: DemoCrm, kind: string, account = 'acme') {
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = `${crm.exportUrl}/${kind}?account=${account}${cursor && `&cursor=${cursor}`}`
    const { json } = await send(url, { headers: { authorization: `Bearer ${crm.exportToken}` } })
    const page = json() as { items: { id: string }[]; next: string | null }
    yield* page.items
    cursor = page.next
  }
}

/** Row by row: what Wazzup holds is what the CRM exports, nothing more and nothing else. */
export async function expectComplete(crm: DemoCrm, atWazzup: Account, account = 'acme') {
  for (const kind of ['users', 'pipelines', 'contacts', 'deals'] as const) {
    let count = 0
    for await (const row of exported(crm, kind, account)) {
      count += 1
      // `toEqual` on each of a hundred thousand rows takes minutes.
      const there = atWazzup[kind].get(row.id)
      if (JSON.stringify(sorted(there)) !== JSON.stringify(sorted(row))) expect(there).toEqual(row)
    }
    expect([kind, atWazzup[kind].size]).toEqual([kind, count])
  }
}

/** With the fields in one order, however deep. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]))
}
