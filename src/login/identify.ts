import { claimAt, isAbsent, type Claims } from './claim-path.ts'
import type { FailureCode } from './failures.ts'
import { refusal } from './login-refused.ts'
import type { LoginOutcome } from './port.ts'
import { decidingRole, roleMayConnect, type AllowedRoles } from './roles.ts'

/** Under which names the CRM says it, each a claim or a path to one. */
export interface ClaimNames {
  /** The first that is there is taken. */
  userName: readonly string[]
  accountId: string
  accountName: string
  role: string
}

/** Longer ones are refused, as a cut identifier would be somebody else's. The user's limit is OpenID's. */
const LONGEST_USER_ID = 255
const LONGEST_ACCOUNT_ID = 200
/** Longer ones are cut: they are only shown. */
const LONGEST_NAME = 200

/** Makes an identity of claims, or says which claim does not do, or that the role may not connect. */
export function identify(claims: Claims, names: ClaimNames, allowed: AllowedRoles): LoginOutcome {
  const say = (claim: string) => claimAt(claims, claim)
  const unusable = (code: FailureCode, claim: string, why: string) => refusal(code, { claim, why })

  const userId = identifier(say('sub'), LONGEST_USER_ID)
  if (userId === null) return unusable('user_id_unusable', 'sub', flawOf(say('sub'), LONGEST_USER_ID))
  const account = say(names.accountId)
  const crmAccountId = identifier(account, LONGEST_ACCOUNT_ID)
  if (crmAccountId === null) {
    return unusable('account_id_unusable', names.accountId, flawOf(account, LONGEST_ACCOUNT_ID))
  }
  // An administrator may leave the name empty, which must not raise an alarm.
  const written = claims[names.accountName]
  const isEmpty = written === null || typeof written === 'string'
  const crmAccountName = name(say(names.accountName)) ?? (isEmpty ? crmAccountId : null)
  if (crmAccountName === null) {
    return unusable('account_name_unusable', names.accountName, flawOf(say(names.accountName)))
  }

  const userName = names.userName.map((claim) => name(say(claim))).find(Boolean) ?? userId
  const role = decidingRole(allowed, say(names.role))
  if (!roleMayConnect(allowed, role)) {
    return refusal(role === null ? 'role_missing' : 'role_not_allowed', { claim: names.role })
  }
  return { kind: 'identified', identity: { userId, userName, crmAccountId, crmAccountName, role } }
}

/** A text without blanks around it and invisible characters in it, or a whole number, which some CRMs use. */
export function identifier(value: unknown, longest: number): string | null {
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || text === '' || text.length > longest) return null
  return text === text.trim() && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text) ? text : null
}

function name(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return Array.from(text).slice(0, LONGEST_NAME).join('').trim() || null
}

/** Why a claim does not do, without a word of what it says. */
function flawOf(value: unknown, longest?: number): string {
  if (isAbsent(value)) return 'it is not there'
  if (typeof value !== 'string') return longest ? 'it is neither a text nor a whole number' : 'it is no text'
  if (longest !== undefined && value.length > longest) return `it is longer than ${longest} characters`
  return 'it has blanks around it, or invisible characters in it'
}
