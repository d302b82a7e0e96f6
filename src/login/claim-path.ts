/** What a CRM says of a user: claims of a token whose signature has been checked, or of the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>

/** Names that lead out of what was said, into the language. */
const NEVER = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * What is said under a name. A claim of that very name wins, dots and all: `https://crm.example/roles`. Otherwise its
 * dots lead into objects, `realm_access.roles`, and the longer name of a claim comes first.
 */
export function claimAt(claims: Claims, name: string): unknown {
  if (!NEVER.has(name) && Object.hasOwn(claims, name)) {
    const said = claims[name]
    if (!isAbsent(said)) return said
  }
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = name.slice(0, dot)
    const inner = !NEVER.has(head) && Object.hasOwn(claims, head) ? claims[head] : null
    const said = isObject(inner) ? claimAt(inner, name.slice(dot + 1)) : undefined
    if (said !== undefined) return said
  }
  return undefined
}

/** Absent, null and empty are one thing: providers differ in how they say nothing. */
export function isAbsent(said: unknown): boolean {
  if (said === undefined || said === null) return true
  if (typeof said === 'string') return said.trim() === ''
  return typeof said === 'object' && Object.keys(said).length === 0
}

export const isObject = (said: unknown): said is Claims =>
  typeof said === 'object' && said !== null && !Array.isArray(said)
