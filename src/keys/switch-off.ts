import type { Logger } from '../observability/logger.ts'
import { isSameAddress } from '../shared/same-address.ts'
import { WAZZUP_CALL } from '../shared/wazzup-deadline.ts'
import { NO_SUBSCRIPTIONS, type Webhooks } from '../wazzup/webhooks.ts'

export interface SwitchOffDeps {
  webhooks: Webhooks
  /** The address that the service registers; null when it registers none. */
  webhooksUrl: URL | null
  log: Logger
}

/** What became of the wish to get no more webhooks; only `off` is sure. `refused`: nothing can be done with the apiKey. */
export type SwitchedOff = 'off' | 'none' | 'left_to_their_owner' | 'refused' | 'failed'

/** Nothing is let through to Wazzup for so many milliseconds. */
export interface HeldBack {
  heldBack: number
}

/**
 * Asks Wazzup to send no more webhooks to our address. `deadline`: of both requests together, as an operator waits.
 */
export async function switchOff(
  apiKey: string,
  deps: SwitchOffDeps,
  deadline: number = WAZZUP_CALL.deadline,
): Promise<SwitchedOff | HeldBack> {
  const { webhooks, webhooksUrl } = deps
  const signal = AbortSignal.timeout(deadline)
  const now = await webhooks.read(apiKey, signal)
  if (now.kind !== 'read') return failed('read', now, deps)
  const { address } = now.settings
  if (address === null) return 'none'
  // Another system may have put its own address there with the same key; its events are not ours to end.
  if (webhooksUrl && !isSameAddress(address, webhooksUrl)) return 'left_to_their_owner'
  const off = { address, subscriptions: NO_SUBSCRIPTIONS }
  const outcome = await webhooks.change(apiKey, off, { signal })
  return outcome.kind === 'done' ? 'off' : failed('change', outcome, deps)
}

function failed(
  step: string,
  { kind: outcome, status, heldBack }: { kind: string; status: number | null; heldBack?: number },
  { log }: SwitchOffDeps,
): SwitchedOff | HeldBack {
  if (heldBack !== undefined) return { heldBack }
  log.warn({ event: 'keys.switch_off_failed', step, outcome, status })
  // A 403 wherever the key is sent may be about us and not about the key, and what is given up is erased.
  return outcome === 'forbidden' || (outcome === 'key_refused' && status === 401) ? 'refused' : 'failed'
}
