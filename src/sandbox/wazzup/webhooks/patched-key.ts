import type { Answer } from '../answer.ts'
import { plainError } from '../error-shapes.ts'
import { badCrmKey } from '../exchange.ts'
import type { World } from '../world.ts'

const unknownField = plainError(400, {
  code: 'INVALID_DATA',
  description: 'property crmKey should not exist',
})

const notHere = plainError(400, {
  code: 'CRM_KEY_NOT_CHANGEABLE',
  description: 'crmKey is set by POST /v3/connect',
})

/** Why a `PATCH /v3/webhooks` with this crmKey is refused; null when it is not, or has none. */
export function refusalOf(crmKey: unknown, { switches }: World): Answer | null {
  if (crmKey === undefined || switches.patchedCrmKey === 'ignored') return null
  if (switches.patchedCrmKey === 'refused-as-unknown') return unknownField
  return switches.patchedCrmKey === 'refused' ? notHere : badCrmKey(crmKey, switches)
}

/** Does with the crmKey of an account what a `PATCH /v3/webhooks` does that was taken. */
export function changeKey(accountId: string, crmKey: unknown, { switches, connections }: World): void {
  const connection = connections.ofAccount(accountId)
  if (!connection) return
  if (crmKey === undefined && switches.omittedCrmKey === 'cleared') connection.crmKey = ''
  if (typeof crmKey === 'string' && switches.patchedCrmKey === 'taken') connection.crmKey = crmKey
}
