import type { Facts } from '../login-refused.ts'

/** The members of a token answer that show what was granted. */
interface Granted {
  scope?: unknown
  id_token?: unknown
}

/**
 * What the token answer grants and what was asked for, when it grants less; else null. The browser carries the scope to
 * the provider, so anybody can take something out of it. RFC 6749, 5.1: the answer then names the scope that is left.
 * An ID token shows that `openid` is granted, even where the answer does not name it, as with Entra ID.
 */
export function narrowedScope(asked: string, { scope, id_token }: Granted): Facts | null {
  if (typeof scope !== 'string') return null
  const granted = wordsOf(scope)
  if (id_token !== undefined) granted.push('openid')
  const isWhole = wordsOf(asked).every((word) => granted.includes(word))
  return isWhole ? null : { found: scope, expected: asked }
}

/** RFC 6749, 3.3: blanks. Some providers separate by commas. */
const wordsOf = (scope: string): string[] => scope.split(/[\s,]+/).filter(Boolean)
