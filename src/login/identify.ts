import type { LoginOutcome } from './port.ts'
import { decidingRole, roleMayConnect, type AllowedRoles } from './roles.ts'

/** What a CRM says of a user: claims of a token whose signature has been checked, or of the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>

/** Under which names the CRM says it. */
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
  const userId = identifier(own(claims, 'sub'), LONGEST_USER_ID)
  if (userId === null) return unusable('user_id')
  const crmAccountId = identifier(own(claims, names.accountId), LONGEST_ACCOUNT_ID)
  if (crmAccountId === null) return unusable('account_id')
  const crmAccountName = name(own(claims, names.accountName))
  if (crmAccountName === null) return unusable('account_name')

  const userName = names.userName.map((claim) => name(own(claims, claim))).find(Boolean) ?? userId
  const role = decidingRole(allowed, own(claims, names.role))
  if (!roleMayConnect(allowed, role)) return notAllowed(role, names)
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

/** A configured claim name may be that of something which every object has. */
function own(claims: Claims, claim: string): unknown {
  return Object.hasOwn(claims, claim) ? claims[claim] : undefined
}

function notAllowed(role: string | null, names: ClaimNames): LoginOutcome {
  const refused = { kind: 'refused', reason: 'not_allowed' } as const
  if (role !== null) return { ...refused, code: 'role_not_allowed' }
  const hint = `The login tells no role in the claim ${names.role}, and only some roles may connect: have your CRM send it.`
  return { ...refused, code: 'role_missing', hint }
}

function unusable(what: string): LoginOutcome {
  return { kind: 'refused', reason: 'login_failed', code: `${what}_unusable` }
}
