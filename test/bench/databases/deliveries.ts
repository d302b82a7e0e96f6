import type { Sealer } from '../../../src/crypto/sealer.ts'
import type { EventBody } from '../../../src/store/delivery.ts'
import { placeOf, SEALED } from '../../../src/store/sealed-columns.ts'
import { TABLES, type TableRow, type TableRows } from '../../../src/store/table-rows.ts'
import { rowsOf } from './customers.ts'

/** Rows of one commit. */
const PAGE = 2000

interface Wanted {
  customers: number
  /** Events of each. */
  each: number
  /** The number before that of their first event. */
  after?: number
  sealer: Pick<Sealer, 'seal'>
}

/** Events that wait for their receiver, as the service leaves them: of each connection the first is due. */
export async function addDeliveries(
  rows: Pick<TableRows, 'add'>,
  { customers, each, after = 0, sealer }: Wanted,
) {
  const table = TABLES.find(({ name }) => name === 'deliveries')
  if (!table) throw new Error('there is no such table')
  const connections = Array.from({ length: customers }, (_, i) => connectionOf(i))
  let page: TableRow[] = []
  for (let sequence = after + 1; sequence <= after + each; sequence++) {
    for (const [i, connectionId] of connections.entries()) {
      const number = (sequence - 1) * customers + i + 1
      const isDue = sequence === after + 1
      page.push({ number, ...deliveryOf({ i, connectionId, sequence, isDue, sealer }) })
      if (page.length < PAGE) continue
      await rows.add(table, page)
      page = []
    }
  }
  await rows.add(table, page)
}

/** The connection of the customer with this number. */
const connectionOf = (i: number) => String(rowsOf(i, { seal: () => '' })['connections']?.['id'])

const BUSY = { status: 'waiting', tries: 0, runner: null, reason: null, refused_since: null, ended_at: null }

interface One {
  i: number
  connectionId: string
  sequence: number
  isDue: boolean
  sealer: Pick<Sealer, 'seal'>
}

function deliveryOf({ i, connectionId, sequence, isDue, sealer }: One): TableRow {
  const id = `evt_${connectionId}_${sequence}`
  const now = Date.now()
  const type = sequence % 2 === 1 ? 'connection.invalid' : 'connection.recovered'
  const about = { crmAccountId: `customer-${i}`, connectionId, wazzupAccountId: `${10_000_000 + i}` }
  const body: EventBody = {
    ...{ type, timestamp: new Date(now).toISOString() },
    data: { ...about, generation: 1, sequence },
  }
  return {
    ...{ id, connection_id: connectionId, sequence, type, ...BUSY, created_at: now },
    due_at: isDue ? now : null,
    body_sealed: sealer.seal(JSON.stringify(body), placeOf(SEALED.delivery, id)),
  }
}
