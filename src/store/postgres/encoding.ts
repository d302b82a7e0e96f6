import { StoreUnusable } from '../errors.ts'
import type { Session } from './database.ts'
import { MAKE_DATABASE } from './refusals.ts'
import { statement } from './statement.ts'

const ENCODING = statement<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding")

/**
 * Names of customers are in any script. Other encodings than UTF8 lack letters, and the first of such a name fails; SQL_ASCII
 * takes any bytes, and gives them back as whatever a reader believes that they are.
 * @throws StoreUnusable unless the database is in UTF8
 */
export async function mustHoldAnyText(session: Pick<Session, 'one'>): Promise<void> {
  const encoding = (await session.one(ENCODING))?.encoding ?? 'unknown'
  if (encoding === 'UTF8') return
  throw new StoreUnusable(`The database is in ${encoding}, which cannot hold every name`, {
    code: 'database_encoding',
    hint: `Name a database in UTF8 in DATABASE_URL. ${MAKE_DATABASE}`,
  })
}
