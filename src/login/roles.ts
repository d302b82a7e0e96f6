/** The roles that may connect; undefined or empty means that every user of the CRM may. */
export type AllowedRoles = readonly string[] | undefined

/** Whether a user of this role may connect. */
export function roleMayConnect(allowed: AllowedRoles, role: string | null): boolean {
  if (!allowed?.length) return true
  return role !== null && allowed.includes(role)
}

/** Of the roles that a user has, the one that lets them in; else the first, to be written down. */
export function decidingRole(allowed: AllowedRoles, claim: unknown): string | null {
  const roles = [claim].flat().filter((role): role is string => typeof role === 'string' && role !== '')
  return roles.find((role) => allowed?.includes(role)) ?? roles[0] ?? null
}
