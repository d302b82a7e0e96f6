import { expect } from 'vitest'
import type { Connection, Position, Store } from '../../src/store/port.ts'

type Changes = Pick<Store, 'connections'>

/** Every page of what has changed since, and where the next reading begins; null when the position is not known. */
export async function changedSince({ connections }: Changes, since: Position | Date, limit = 2) {
  const found: Connection[] = []
  for (let page = await connections.changed({ since, after: null, limit }); page;) {
    found.push(...page.items.map(({ connection }) => connection))
    const after = page.items.at(-1)?.place
    if (!after || page.items.length < limit) return { found, position: page.position }
    page = await connections.changed({ since, after, limit })
  }
  return null
}

/** The CRM accounts of what has changed since, each once, in alphabetical order. */
export async function accountsSince(store: Changes, since: Position | Date) {
  const changed = await changedSince(store, since)
  return changed && [...new Set(changed.found.map(({ crmAccountId }) => crmAccountId))].sort()
}

/**
 * A position after which nothing comes twice. One of PostgreSQL is as old as the oldest transaction of its server, on which other
 * tests work at the same time.
 */
export async function settledPosition(store: Changes): Promise<Position> {
  let position = await store.connections.position()
  const repeated = async () => {
    position = await store.connections.position()
    return accountsSince(store, position)
  }
  await expect.poll(repeated).toEqual([])
  return position
}
