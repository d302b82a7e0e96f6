import { noteHealth } from '../keys/health.ts'
import { after, hours } from '../shared/clock.ts'
import { differenceTo } from './address.ts'
import type { UploadDeps } from './deps.ts'

const INTERVAL = hours(24)

/**
 * Compares the address that has gone uncompared the longest: another system with the same key may have put its own
 * there, and no event comes any more. It is told, not taken back: who is right is for a person to say.
 * @returns whether there was one that was due; the caller then asks again at once
 */
export async function checkOneAddress(deps: UploadDeps): Promise<boolean> {
  const { store, webhooks, webhooksUrl, clock, log } = deps
  if (!webhooksUrl) return false
  const now = clock()
  const due = await store.uploads.claimCheck(after(now, -INTERVAL), now)
  if (!due) return false
  const apiKey = due.key.apiKey()
  if (apiKey === null) return true
  const seen = await webhooks.read(apiKey)
  const { crmAccountId, connectionId, generationId } = due.key
  if (seen.kind === 'key_refused') await noteHealth(due.key, 'invalid', deps)
  if (seen.kind !== 'read') {
    log.info({
      event: 'upload.address_unread',
      crmAccountId,
      connectionId,
      outcome: seen.kind,
      status: seen.status,
    })
    return true
  }
  const reason = differenceTo(webhooksUrl, seen.settings)
  if (reason === due.step.reason) return true
  await store.uploads.noteCheck(generationId, { status: reason === null ? 'done' : 'failed', reason })
  if (reason === null) log.info({ event: 'upload.address_back', crmAccountId, connectionId })
  else log.warn({ event: 'upload.address_lost', crmAccountId, connectionId, reason, hint: TAKE_BACK })
  return true
}

const TAKE_BACK = 'To take it back: wauth upload start <crmAccountId> --webhooks-only'
