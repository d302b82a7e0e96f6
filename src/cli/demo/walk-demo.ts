import { createBrowser } from '../../sandbox/browser/create-browser.ts'
import { walkInstall } from '../../sandbox/walk-install.ts'
import { EXIT } from '../exit.ts'
import { proveChanges } from './prove-changes.ts'
import { proveEvents } from './prove-events.ts'
import { proveKeys } from './prove-keys.ts'
import { proveUpload } from './prove-upload.ts'
import { proveWebhooks } from './prove-webhooks.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

const PROOFS = [proveKeys, proveUpload, proveChanges, proveWebhooks, proveEvents]

/**
 * Does by HTTP what a person would do with a browser, and says each step as it happens. Then looks at what came of it:
 * what is stored, whether the data arrived, whether a webhook of Wazzup's is known for this customer's, and whether the CRM
 * was told.
 * @returns the exit code
 */
export async function walkDemo(demo: RunningDemo): Promise<number> {
  const { wazzup } = demo.sandbox
  const { result } = await walkInstall({
    browser: createBrowser(),
    marketplaceUrl: wazzup.marketplaceUrl,
    onStep: (text) => {
      say(`• ${text}`)
    },
  })
  if (result.status !== 'connected') {
    say(`\nNot connected: ${result.status}, ${result.reason ?? 'no reason given'} (${result.supportId}).`)
    return EXIT.failed
  }
  for (const prove of PROOFS) if (!(await prove(demo))) return EXIT.failed
  return EXIT.done
}
