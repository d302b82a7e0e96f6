import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { accessLog } from '../../../src/cli/check/access-log.ts'
import type { Asked } from '../../../src/cli/check/ask.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { loadSettings } from '../../../src/settings.ts'
import { lonelySetUpAtHand } from '../../support/set-up.ts'

const OURS = { status: 'failed', reason: 'bad_state', supportId: 'WA-AAAA-AAAA' }
const refused = async (): Promise<Asked> => ({
  ...{ kind: 'answer', at: new Date() },
  answer: { status: 400, headers: {}, body: JSON.stringify(OURS), tooLarge: false },
})

/** A proxy that writes a line for each visit, a little later than the visit is answered; others visit, too. */
async function said(line: (url: URL) => string) {
  const { env, folder } = await lonelySetUpAtHand()
  const file = join(folder, 'access.log')
  await writeFile(file, '')
  let asked = 0
  const late: string[] = []
  const ask = async (url: URL) => {
    asked += 1
    late.push(`${line(url)}\n`)
    await appendFile(file, asked === 1 ? 'GET /wauth/check\n' : late.join(''))
    return refused()
  }
  const options = { account: null, tenantHost: null, slowest: null, accessLogs: [file] }
  const source = { env, readFile: () => '' }
  const context = createContext({ settings: loadSettings(source), source, ...options })
  return accessLog.run({ ...context, ask, home: refused })
}

test('a line of another visit is no proof: the one that has the state may come after it', async () => {
  expect(await said(({ pathname, search }) => `GET ${pathname}${search}`)).toMatchObject({
    status: 'failure',
    says: expect.stringContaining('has the state of a visit') as unknown,
  })
  expect(await said(({ pathname }) => `GET ${pathname}`)).toMatchObject({ status: 'pass' })
})
