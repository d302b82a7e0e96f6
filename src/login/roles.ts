import { isAbsent, isObject } from './claim-path.ts'

/** The roles that may connect; undefined or empty means that every user of the CRM may. */
export type AllowedRoles = readonly string[] | undefined

/** Whether a user of this role may connect. */
export function roleMayConnect(allowed: AllowedRoles, role: string | null): boolean {
  if (!allowed?.length) return true
  return role !== null && allowed.includes(role)
}

/** Why a user of this role may not connect, where only some roles may. */
export const roleRefusal = (role: string | null) => (role === null ? 'role_missing' : 'role_not_allowed')

/** Of the roles that a user has, the one that lets them in; else the first, to be written down. */
export function decidingRole(allowed: AllowedRoles, claim: unknown): string | null {
  const roles = typeof claim === 'string' ? rolesInText(claim, allowed) : [claim].flat().flatMap(rolesInItem)
  return roles.find((role) => allowed?.includes(role)) ?? roles[0] ?? null
}

/** An item of a list is one role, blanks and all; the keys of an object are roles, unless their value denies them. */
function rolesInItem(item: unknown): string[] {
  if (typeof item === 'string') return isAbsent(item) ? [] : [item]
  if (!isObject(item)) return []
  return Object.entries(item).flatMap(([role, held]) => (isDenied(held) || role === '' ? [] : [role]))
}

/** Some write a false or a zero as a text. An object says where the role is held (Zitadel): its key is there, even if it is empty. */
const isDenied = (held: unknown) =>
  !isObject(held) && (isAbsent(held) || ['false', '0'].includes(String(held).trim().toLowerCase()))

/**
 * A text is one role, or several: separated by commas, else by blanks. Blanks separate only where that cannot let in a
 * «Billing admin» as an «admin»: when every word is a technical name, and no role of the settings has a blank itself.
 */
function rolesInText(text: string, allowed: AllowedRoles): string[] {
  if (isAbsent(text)) return []
  const parts = text.includes(',') ? text.split(',') : words(text, allowed)
  return [...new Set([text, ...parts.map((part) => part.trim()).filter(Boolean)])]
}

function words(text: string, allowed: AllowedRoles): string[] {
  const found = text.trim().split(/\s+/)
  const named = allowed?.some((role) => /\s/.test(role)) ?? false
  return !named && found.every(isTechnical) ? found : []
}

/** Written in small letters or in capitals throughout, as `user` and `ROLE_USER`; a name to be read begins otherwise. */
const isTechnical = (word: string) => word === word.toLowerCase() || word === word.toUpperCase()
