import { Counter, type Registry } from './prometheus.ts'

const RESULTS = ['current', 'previous', 'pending', 'unknown', 'unavailable'] as const

/** What a look-up has found; `unavailable`: the store could not say. */
type LookupResult = (typeof RESULTS)[number]

const USES = ['seal', 'open'] as const

/** Counts what is done with keys: a look-up and one use of a sealing key are all that a webhook costs. */
export interface KeyMeter {
  lookedUp: (result: LookupResult) => void
  used: (keyId: string, use: (typeof USES)[number]) => void
}

type Child = Counter.Internal

/** Every counter is bound to its labels once, so that counting allocates nothing. */
export function createKeyMeter(registry: Registry): KeyMeter {
  const registers = [registry]
  const counted = byName(RESULTS, () => 0)
  new Counter({
    ...{ name: 'wauth_key_lookups_total', labelNames: ['result'], registers },
    help: 'Look-ups of crmKeys: current, previous, pending, unknown, or unavailable when the store could not say.',
    // The library takes as long to count as a search in the database.
    collect() {
      for (const result of RESULTS) {
        this.inc({ result }, counted[result])
        counted[result] = 0
      }
    },
  })
  const uses = new Counter({
    ...{ name: 'wauth_encryption_key_uses_total', labelNames: ['key_id', 'use'], registers },
    help: 'Values sealed and opened, by the id of the key in ENCRYPTION_KEYS.',
  })
  const byKey = new Map<string, Record<(typeof USES)[number], Child>>()
  return {
    lookedUp: (result) => {
      counted[result] += 1
    },
    used(keyId, use) {
      let children = byKey.get(keyId)
      if (!children) {
        children = byName(USES, (one) => uses.labels({ key_id: keyId, use: one }))
        byKey.set(keyId, children)
      }
      children[use].inc()
    },
  }
}

const byName = <Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>
