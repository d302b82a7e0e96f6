import type { Problem } from './config-error.ts'
import { fileName } from './text-value.ts'

/** What to compare: the names of the environment, ours, and the beginnings that only ours should have. */
export interface NameCheck {
  names: readonly string[]
  known: readonly string[]
  prefixes: readonly string[]
}

/** Names that are probably ours but misspelt. They are warned about, not refused: they may be somebody else's. */
export function unknownNames({ names, known, prefixes }: NameCheck): Problem[] {
  const ours = known.flatMap((name) => [name, fileName(name)])
  const strangers = names.filter((name) => !ours.includes(name))
  return strangers.flatMap((name) => {
    // Other programs read `https_proxy` and `no_proxy`, too.
    const large = name.toUpperCase()
    if (name !== large && large.length >= 8 && ours.includes(large) && !names.includes(large))
      return [{ name, problem: 'is not read: only large letters count', hint: `Set ${large}.` }]
    // Short names would match half of every environment: HOME is nearly HOST.
    const near = ours.find((other) => other.length >= 8 && isNear(name, other, 2))
    if (!near && !prefixes.some((prefix) => name.startsWith(prefix))) return []
    const hint = near ? `Did you mean ${near}?` : 'Look for a typing mistake, or remove it.'
    return [{ name, problem: 'is not a setting of this service', hint }]
  })
}

/** Whether at most `edits` letters added, dropped or changed turn one word into the other. */
function isNear(a: string, b: string, edits: number): boolean {
  if (a === b) return true
  const [restA, restB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return isNear(restA, restB, edits)
  return (
    edits > 0 &&
    [isNear(restA, b, edits - 1), isNear(a, restB, edits - 1), isNear(restA, restB, edits - 1)].includes(true)
  )
}
