import type { Database } from 'better-sqlite3'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

/** So many starts of the service are remembered. */
const KEPT = 1000

const BEGIN = `
  INSERT INTO epochs (name, since) SELECT lower(hex(randomblob(6))), coalesce(max(number), 0) + 1 FROM changes;
  DELETE FROM epochs WHERE number <= (SELECT max(number) FROM epochs) - ${KEPT};`

const FORGET = 'DELETE FROM epochs;'

const ALL_CHANGE = "INSERT INTO changed SELECT id FROM connections WHERE status <> 'new';"

const inOne = (db: Database, ...steps: string[]) =>
  guarded(
    db,
    immediate(db, () => void db.exec(steps.join(''))),
  )

/** The service starts: no copy of the file that was made before has what is numbered from here on. */
export const beginEpoch = (db: Database): Promise<void> => inOne(db, BEGIN)

/** Makes a copy a database of its own: it knows no position of the other, and all that it shows may be another than there. */
export const beginHistory = (db: Database): Promise<void> => inOne(db, FORGET, BEGIN, ALL_CHANGE)
