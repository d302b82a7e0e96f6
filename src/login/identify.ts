import { cutTo, hasInvisible, visibleCharacters } from '../shared/visible-text.ts'
import type { ClaimCheck } from './claim-check.ts'
import { claimAt, isAbsent, type Claims } from './claim-path.ts'
import type { FailureCode } from './failures.ts'
import { refusal } from './login-refused.ts'
import type { Identity, LoginOutcome } from './port.ts'
import { decidingRole, roleMayConnect, roleRefusal, type AllowedRoles } from './roles.ts'

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

/** What a login has to say about who somebody is. */
export function identityClaims(names: ClaimNames, allowed: AllowedRoles): ClaimCheck[] {
  const unusable = (code: FailureCode, claim: string, why: string | null) =>
    why === null ? null : refusal(code, { claim, why })
  return [
    // They are only shown, so nothing can be wrong with them.
    ...names.userName.map((claim) => ({ claim, flaw: () => null })),
    {
      claim: 'sub',
      flaw: (claims) =>
        unusable('user_id_unusable', 'sub', flawOfId(claimAt(claims, 'sub'), LONGEST_USER_ID)),
    },
    {
      claim: names.accountId,
      flaw: (claims) =>
        unusable('account_id_unusable', names.accountId, flawOfAccount(claimAt(claims, names.accountId))),
    },
    {
      claim: names.accountName,
      flaw(claims) {
        const said = claimAt(claims, names.accountName)
        const isText = isAbsent(said) || typeof said === 'string'
        return unusable('account_name_unusable', names.accountName, isText ? null : 'it is no text')
      },
    },
    {
      claim: names.role,
      flaw(claims) {
        const role = decidingRole(allowed, claimAt(claims, names.role))
        if (roleMayConnect(allowed, role)) return null
        return refusal(roleRefusal(role), { claim: names.role })
      },
    },
  ]
}

/** Makes an identity of claims, or says which claim does not do, or that the role may not connect. */
export function identify(claims: Claims, names: ClaimNames, allowed: AllowedRoles): LoginOutcome {
  for (const { flaw } of identityClaims(names, allowed)) {
    const refused = flaw(claims)
    if (refused) return refused
  }
  const say = (claim: string) => claimAt(claims, claim)
  const userId = String(say('sub'))
  const crmAccountId = String(say(names.accountId))
  const identity: Identity = {
    userId,
    userName: names.userName.map((claim) => nameIn(say(claim))).find(Boolean) ?? userId,
    crmAccountId,
    // An administrator may leave the name empty, and not every login has one.
    crmAccountName: nameIn(say(names.accountName)) || crmAccountId,
    role: decidingRole(allowed, say(names.role)),
  }
  return { kind: 'identified', identity }
}

/** A text without blanks around it and invisible characters in it, or a whole number, which some CRMs use. */
export const isIdentifier = (value: unknown, longest: number): boolean => flawOfId(value, longest) === null

function flawOfAccount(value: unknown): string | null {
  // In an address these lead elsewhere, however they are written (RFC 3986, 5.2.4; WHATWG URL).
  const isStep = value === '.' || value === '..'
  return isStep ? 'it cannot stand in an address' : flawOfId(value, LONGEST_ACCOUNT_ID)
}

/** Why an identifier does not do, without a word of what it says. */
function flawOfId(value: unknown, longest: number): string | null {
  if (Number.isSafeInteger(value)) return null
  if (isAbsent(value)) return 'it is not there'
  if (typeof value !== 'string') return 'it is neither a text nor a whole number'
  if (value.length > longest) return `it is longer than ${longest} characters`
  const isPlain = value === value.trim() && !hasInvisible(value)
  return isPlain ? null : 'it has blanks around it, or invisible characters in it'
}

/** As people can see it; empty when there is nothing to be seen. */
const nameIn = (value: unknown): string =>
  typeof value === 'string' ? cutTo(LONGEST_NAME, visibleCharacters(value)) : ''
