import type { Connection, Store } from '../../store/port.ts'

/** `alsoConnected`: other CRM accounts that are connected to the same Wazzup account. */
export type Listed = Connection & { alsoConnected: string[] }

/** Adds who else is connected to the Wazzup account of each connection; of one that has ended, nobody. */
export async function withOthers(found: readonly Connection[], { connections }: Store): Promise<Listed[]> {
  const ids = found.flatMap(({ wazzupAccountId }) => wazzupAccountId ?? [])
  const holders = Map.groupBy(await connections.holders(ids), ({ wazzupAccountId }) => wazzupAccountId)
  return found.map((one) => {
    const all = (holders.get(one.wazzupAccountId ?? '') ?? []).map(({ crmAccountId }) => crmAccountId)
    const isOneOfThem = all.includes(one.crmAccountId)
    return { ...one, alsoConnected: isOneOfThem ? all.filter((other) => other !== one.crmAccountId) : [] }
  })
}

/** The warning in words; null when there is nobody else. */
export const othersOf = ({ alsoConnected }: Listed): string | null =>
  alsoConnected.length === 0 ? null : `Wazzup account also of: ${alsoConnected.join(', ')}`
