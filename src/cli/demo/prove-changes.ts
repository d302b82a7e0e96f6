import { request } from 'undici'
import { minutes, systemMonotonic } from '../../shared/clock.ts'
import { sleep } from '../../shared/sleep.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

const CONTACT = 'acme-contact-000001'
const NAME = 'Anna Keller-Ortiz'

const LOOK_EVERY = 200
const PATIENCE = minutes(1)

/** Renames a contact in the CRM, and looks whether Wazzup has the new name, with no upload. */
export async function proveChanges({ sandbox: { crm, wazzup } }: RunningDemo): Promise<boolean> {
  const { body } = await request(`${crm.url}/contacts/${CONTACT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name: NAME }).toString(),
  })
  await body.dump()
  const until = systemMonotonic() + PATIENCE
  while (systemMonotonic() < until) {
    if (wazzup.account().contacts.get(CONTACT)?.['name'] === NAME) {
      say(`  change          a contact was renamed in the CRM, and is ${NAME} at Wazzup`)
      return true
    }
    await sleep(LOOK_EVERY)
  }
  say('\nThe new name of a contact did not arrive.')
  return false
}
