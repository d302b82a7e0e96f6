import { inject } from 'vitest'

/** For what has little to do with the engine: `npm test` tries it on SQLite, `npm run test:long` on PostgreSQL, too. */
export const onOneEngine = inject('engine') === 'sqlite' ? {} : { tags: ['long'] }
