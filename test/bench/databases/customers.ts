import { hash } from 'node:crypto'
import { digest } from '../../../src/crypto/digest.ts'
import type { Sealer } from '../../../src/crypto/sealer.ts'
import { supportIdOf } from '../../../src/shared/support-id.ts'
import { placeOf, SEALED } from '../../../src/store/sealed-columns.ts'
import type { TableRow } from '../../../src/store/table-rows.ts'

/** When all of them connected: just now, so that no apiKey is due to be tried while something is measured. */
export const AT = Date.now()

/** As long and as well spread as what the service makes; but every process can tell those of customer `i`. */
const made = (what: string, i: number) => hash('sha256', `${what} ${i}`, 'base64url')

/** The crmKey of the customer with this number, from 0. */
export const crmKeyOf = (i: number) => made('crm key', i)

/** Of how many customers of a large database a key can be looked up. */
export const LOOKED_UP_AT_MOST = 200_000

/**
 * Of a large database one customer in so many can be looked up; the sealed values of the others have the right length
 * only, as sealing a million of them takes minutes.
 */
export const everyOf = (customers: number) => Math.ceil(customers / LOOKED_UP_AT_MOST)

/** The rows that a connected customer leaves behind, by table, in the order in which the tables refer to each other. */
export function rowsOf(i: number, sealer: Pick<Sealer, 'seal'>): Record<string, TableRow> {
  const [connection, generation] = [made('connection', i).slice(0, 22), made('generation', i).slice(0, 22)]
  const [state, apiKey] = [made('state', i), hash('md5', `api key ${i}`)]
  const attempt = made('attempt', i).slice(0, 22)
  const account = {
    crm_account_id: `customer-${i}`,
    crm_account_name: `Customer ${i} Ltd`,
    wazzup_account_id: `${10_000_000 + i}`,
  }
  const user = { user_id: `user-${i}`, user_name: 'Ann Admin', address: '203.0.113.7' }
  return {
    connections: {
      ...{ id: connection, ...account, status: 'connected', connected_at: AT, probed_at: AT },
      event_sequence: 0,
    },
    generations: {
      ...{ id: generation, connection_id: connection, generation: 1, status: 'current', created_at: AT },
      ...{ crm_key_hash: digest(crmKeyOf(i)), api_key_hash: digest(apiKey) },
      crm_key_sealed: sealer.seal(crmKeyOf(i), placeOf(SEALED.crmKey, generation)),
      api_key_sealed: sealer.seal(apiKey, placeOf(SEALED.apiKey, generation)),
    },
    exchanges: {
      ...{
        state_hash: digest(state),
        name: `Customer ${i} Ltd`,
        generation_id: generation,
        ...account,
        ...user,
      },
      ...{ attempt_id: attempt, support_id: supportIdOf(attempt), steps: '' },
      ...{ status: 'connected', created_at: AT, due_at: AT },
      ...{ in_flight: 0, maybe_answered: 0, tries: 1 },
    },
    audit: {
      ...{ id: i + 1, at: AT, action: 'connection.connected', generation: 1, ...user },
      ...{ crm_account_id: account.crm_account_id, wazzup_account_id: account.wazzup_account_id },
    },
  }
}
