import type { CopyFacts } from '../store/judge-copy.ts'

/** So many are named. */
const NAMED = 20

/** Which sealed values of a copy do not open: where they are, never what is in them. */
export function closedValues({ closed, keys }: Pick<CopyFacts, 'closed' | 'keys'>): string {
  const lines = closed.slice(0, NAMED).map(({ code, table, row }) => `  ${table} ${row}: ${code}`)
  const more = closed.length > NAMED ? [`  and ${closed.length - NAMED} more`] : []
  const lacking = keys.missing.length > 0 ? [`ENCRYPTION_KEYS lacks: ${keys.missing.join(', ')}`] : []
  return ['Sealed values that do not open:', ...lines, ...more, ...lacking].join('\n')
}
