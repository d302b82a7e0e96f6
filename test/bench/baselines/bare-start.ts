/** The least that could serve anything from SQLite. */
import Database from 'better-sqlite3'
import fastify from 'fastify'

const { PORT, FILE } = process.env

const db = new Database(FILE)
db.pragma('journal_mode = WAL')
const select = db.prepare('SELECT 1')
const app = fastify()
app.get('/readyz', () => ({ status: select.get() ? 'ready' : 'not ready' }))
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
process.stdout.write('started\n')
