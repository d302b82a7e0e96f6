import type { Actor } from './scheduler.ts'

/** What has happened, in words that a person can follow. */
export interface Trace {
  /** Put into words when somebody reads it: most runs are read by nobody. */
  tell(actor: Actor, what: string | (() => string)): void
  /** Notes a text that is unpredictable, to be told by this name. */
  name(text: string, name: string): void
  /** Writes values down, long and unpredictable ones by their names. */
  show(...values: unknown[]): string
  /** One more of a kind of event. */
  count(kind: string): void
  counts: ReadonlyMap<string, number>
  /** The last ones, the oldest first. */
  lines(most: number): string[]
}

const KEPT = 2000
const LONGEST = 240

/** Fields that say nothing to a reader. */
const SILENT = new Set([
  ...[
    'name',
    'crmAccountName',
    'identity',
    'browserHash',
    'crmKeyHash',
    'apiKeyHash',
    'connectionId',
    'address',
  ],
  ...['generationId', 'login', 'upload', 'grace', 'life', 'sendable', 'invalidSince', 'lease'],
  ...['runner', 'age'],
])

export function createTrace(now: () => number): Trace {
  const lines: (() => string)[] = []
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  const named = (field: string, value: unknown) => {
    if (SILENT.has(field)) return undefined
    return typeof value === 'string' ? (names.get(value) ?? value) : value
  }
  const show = (value: unknown) =>
    value === undefined ? '' : JSON.stringify(value, named).replaceAll('"', '')
  return {
    counts,
    tell(actor, what) {
      const at = (now() / 1000).toFixed(3).padStart(10)
      const words = typeof what === 'string' ? () => what : what
      lines.push(() => `${at}  ${actor.name.padEnd(12)} ${words()}`)
      if (lines.length > 2 * KEPT) lines.splice(0, KEPT)
    },
    name: (text, name) => void names.set(text, name),
    show: (...values) => values.map((value) => show(value).slice(0, LONGEST)).join(' '),
    count: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
    lines: (most) => lines.slice(-most).map((line) => line()),
  }
}
