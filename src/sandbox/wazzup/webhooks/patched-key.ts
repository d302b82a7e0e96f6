import type { Answer } from '../answer.ts'
import type { DataSwitches } from '../data-switches.ts'
import { plainError } from '../error-shapes.ts'
import { badCrmKey } from '../exchange.ts'
import type { World } from '../world.ts'

const unknownField = plainError(400, {
  code: 'INVALID_DATA',
  description: 'property crmKey should not exist',
})

const notHere = (status: number) =>
  plainError(status, { code: 'CRM_KEY_NOT_CHANGEABLE', description: 'crmKey is set by POST /v3/connect' })

const REFUSALS: Readonly<Record<Exclude<DataSwitches['patchedCrmKey'], 'ignored' | 'taken'>, Answer>> = {
  'refused-as-unknown': unknownField,
  refused: notHere(400),
  'refused-without-a-word': { status: 400 },
  'refused-in-200': notHere(200),
  unprocessable: notHere(422),
  forbidden: notHere(403),
}

/** Why a `PATCH /v3/webhooks` with this crmKey is refused; null when it is not, or has none. */
export function refusalOf(crmKey: unknown, { switches }: World): Answer | null {
  const { patchedCrmKey } = switches
  if (crmKey === undefined || patchedCrmKey === 'ignored') return null
  return patchedCrmKey === 'taken' ? badCrmKey(crmKey, switches) : REFUSALS[patchedCrmKey]
}

/** Does with the crmKey of an account what a `PATCH /v3/webhooks` does that was taken. */
export function changeKey(accountId: string, crmKey: unknown, { switches, connections }: World): void {
  const connection = connections.ofAccount(accountId)
  if (!connection) return
  if (crmKey === undefined && switches.omittedCrmKey === 'cleared') connection.crmKey = ''
  if (typeof crmKey === 'string' && switches.patchedCrmKey === 'taken') connection.crmKey = crmKey
}
