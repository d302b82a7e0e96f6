/**
 * What an upload is made of: pages are read, their rows copied by the fields that Wazzup takes, sent, and after each batch one
 * commit says how far it has got. Left out: rules for rows and phones, limits, leases, what was rejected, the log.
 */
import Database from 'better-sqlite3'

interface Row {
  id: string
  [field: string]: unknown
}

interface Parts {
  file: string
  pages: () => AsyncIterable<readonly Row[]>
  /** Resolves to what Wazzup says to a batch. */
  post: (batch: readonly Row[]) => Promise<{ text(): Promise<string> }>
}

export function uploadFloor({ file, pages, post }: Parts): () => Promise<void> {
  const db = new Database(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL']) db.pragma(pragma)
  db.exec('CREATE TABLE steps (kind TEXT PRIMARY KEY, page INTEGER, row INTEGER, read INTEGER, at INTEGER)')
  db.exec("INSERT INTO steps VALUES ('contacts', 0, 0, 0, 0)")
  const commit = db.prepare('UPDATE steps SET page = ?, row = ?, read = ?, at = ?')
  return async () => {
    let [number, read] = [0, 0]
    for await (const rows of pages()) {
      number += 1
      for (let at = 0; at < rows.length; at += 100) {
        const batch = rows.slice(at, at + 100).map(copy)
        const said = await (await post(batch)).text()
        if (said) JSON.parse(said)
        commit.run(number, at, (read += batch.length), Date.now())
      }
    }
  }
}

const copy = ({ id, responsibleUserId, name, contactData, uri }: Row): Row => ({
  ...{ id, responsibleUserId, name, contactData, uri },
})
