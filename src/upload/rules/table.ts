import type { SourceKind } from '../../crm/port.ts'
import { contactRule } from './contacts.ts'
import { dealRule } from './deals.ts'
import { pipelineRule } from './pipelines.ts'
import type { Rule } from './rule.ts'
import { userRule } from './users.ts'

/** What a row of each kind must be to go to Wazzup. */
export const RULES: Readonly<Record<SourceKind, Rule>> = {
  users: userRule,
  pipelines: pipelineRule,
  contacts: contactRule,
  deals: dealRule,
}
