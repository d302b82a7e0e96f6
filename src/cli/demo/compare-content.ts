import { isDeepStrictEqual } from 'node:util'
import { request } from 'undici'
import type { DemoCrm } from '../../sandbox/crm/start-demo-crm.ts'
import type { Account } from '../../sandbox/wazzup/accounts.ts'

interface Page {
  items: { id: string }[]
  next: string | null
}

async function* exported(crm: DemoCrm, kind: string, account: string) {
  let cursor: string | null = null
  do {
    const url = new URL(`${crm.exportUrl}/${kind}`)
    url.searchParams.set('account', account)
    if (cursor !== null) url.searchParams.set('cursor', cursor)
    const { body } = await request(url, { headers: { authorization: `Bearer ${crm.exportToken}` } })
    const page = (await body.json()) as Page
    yield* page.items
    cursor = page.next
  } while (cursor !== null)
}

/** Whether Wazzup holds what the CRM exports, row by row, and knows its webhooks address. @returns what does not fit */
export async function compareContent(crm: DemoCrm, atWazzup: Account, account: string): Promise<string[]> {
  const problems: string[] = []
  for (const kind of ['users', 'pipelines', 'contacts', 'deals'] as const) {
    let [rows, different] = [0, 0]
    for await (const row of exported(crm, kind, account)) {
      rows += 1
      if (!isDeepStrictEqual(atWazzup[kind].get(row.id), row)) different += 1
    }
    if (different > 0 || atWazzup[kind].size !== rows) {
      problems.push(
        `${kind}: ${rows} exported, ${atWazzup[kind].size} arrived, ${different} of them different.`,
      )
    }
  }
  if (atWazzup.webhooks.uri !== crm.webhooksUrl) problems.push('The webhooks address was not registered.')
  return problems
}
