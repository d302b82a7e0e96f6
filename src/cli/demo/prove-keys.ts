import { createLookup } from '../../keys/lookup.ts'
import { openStore } from '../../store/index.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

/** Whether what was stored is found by the crmKey as Wazzup has it, and is the apiKey that Wazzup issued. */
export async function proveKeys({ sandbox, settings }: RunningDemo): Promise<boolean> {
  const [atWazzup] = sandbox.wazzup.connections()
  const store = await openStore(settings)
  const stored = atWazzup ? await createLookup(store.keys)(atWazzup.crmKey) : null
  await store.close()
  if (!atWazzup || !stored || stored.apiKey() !== atWazzup.apiKey) {
    say('\nThe apiKey that Wazzup issued is not the one that was stored.')
    return false
  }
  say('\nConnected.')
  say(`  CRM account     ${stored.crmAccountName} (${stored.crmAccountId})`)
  say(`  Wazzup account  ${stored.wazzupAccountId ?? 'not told'}`)
  say(`  apiKey          ${mask(atWazzup.apiKey)}, stored sealed, found by its crmKey`)
  return true
}

/** Enough to compare two keys by eye, too little to use one. */
const mask = (key: string) => `${key.slice(0, 4)}…${key.slice(-2)}`
