import type { CrmSource, SourceKind } from '../../crm/port.ts'
import { failure, warning, type Finding } from './check.ts'

/** The same export, asked with the right token, with a wrong one, and without any. */
export interface Doors {
  source: CrmSource
  wrongToken: CrmSource
  noToken: CrmSource
}

const NO_ACCOUNT = 'wauth-check-no-such-account'

/** Whether the export keeps those out who may read nothing, and the data of one customer from another. */
export async function tryDoors(
  kinds: readonly SourceKind[],
  account: string,
  doors: Doors,
): Promise<Finding[]> {
  const [kind] = kinds
  if (kind === undefined) return []
  const findings = await Promise.all([
    tryToken(kind, { account, source: doors.noToken, how: 'without a token' }),
    tryToken(kind, { account, source: doors.wrongToken, how: 'with a wrong token' }),
    ...kinds.map((one) => tryNobody(one, doors.source)),
  ])
  return findings.filter((finding) => finding !== null)
}

interface Token {
  account: string
  source: CrmSource
  how: string
}

async function tryToken(kind: SourceKind, { account, source, how }: Token): Promise<Finding | null> {
  const outcome = await source.page({ kind, crmAccountId: account, cursor: null })
  if (outcome.kind === 'page') {
    return failure(
      `your export gives the ${kind} to anybody who asks ${how}`,
      'Everybody can read the data of your customers: answer 401 unless the bearer is CRM_EXPORT_TOKEN.',
    )
  }
  const { status } = outcome
  if (status === 401 || status === 403) return null
  const seen = status === null ? 'does not answer' : `answers ${status}`
  return warning(`your export ${seen} when asked ${how}`, 'Answer 401 unless the bearer is CRM_EXPORT_TOKEN.')
}

async function tryNobody(kind: SourceKind, source: CrmSource): Promise<Finding | null> {
  const outcome = await source.page({ kind, crmAccountId: NO_ACCOUNT, cursor: null })
  if (outcome.kind !== 'page' || outcome.page.items.length === 0) return null
  return failure(
    `your export gives ${kind} for an account that does not exist («${NO_ACCOUNT}»)`,
    'One customer would get the data of another: give only what belongs to the account that `account` names, else 404.',
  )
}
