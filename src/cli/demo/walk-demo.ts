import { digest } from '../../crypto/digest.ts'
import { createBrowser } from '../../sandbox/browser/create-browser.ts'
import { walkInstall } from '../../sandbox/walk-install.ts'
import { openStore } from '../../store/index.ts'
import { EXIT } from '../exit.ts'
import { followUpload } from './follow-upload.ts'
import type { RunningDemo } from './start-demo.ts'

/**
 * Does by HTTP what a person would do with a browser, and says each step as it happens. Then looks at what was stored,
 * starting from the crmKey as Wazzup has it, as a webhook handler would.
 * @returns the exit code
 */
export async function walkDemo({ sandbox, settings }: RunningDemo): Promise<number> {
  const { result } = await walkInstall({
    browser: createBrowser(),
    marketplaceUrl: sandbox.wazzup.marketplaceUrl,
    onStep: (text) => {
      say(`• ${text}`)
    },
  })
  const [atWazzup] = sandbox.wazzup.connections()
  const store = await openStore(settings)
  try {
    const stored = atWazzup ? await store.keys.find(digest(atWazzup.crmKey), new Date()) : null
    if (result.status !== 'connected' || !stored || stored.apiKey() !== atWazzup?.apiKey) {
      say(`\nNot connected: ${result.status}, ${result.reason ?? 'no reason given'} (${result.supportId}).`)
      return EXIT.failed
    }
    say('\nConnected.')
    say(`  CRM account     ${stored.crmAccountName} (${stored.crmAccountId})`)
    say(`  Wazzup account  ${stored.wazzupAccountId ?? 'not told'}`)
    say(`  apiKey          ${mask(atWazzup.apiKey)}, stored sealed, found by its crmKey`)
    say('\nUploading:')
    const problems = await followUpload(store, sandbox, stored.crmAccountId)
    for (const problem of problems) say(`  ${problem}`)
    if (problems.length > 0) return EXIT.failed
    say('  What Wazzup holds is what the CRM exports, row by row, and webhooks go to the CRM.')
    return EXIT.done
  } finally {
    await store.close()
  }
}

/** Enough to compare two keys by eye, too little to use one. */
const mask = (key: string) => `${key.slice(0, 4)}…${key.slice(-2)}`

const say = (line: string) => process.stdout.write(`${line}\n`)
