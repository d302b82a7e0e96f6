/**
 * The rows of one batch, as `due` with their `key`, before a statement that changes them: at most `@limit`, none that another replica
 * has locked. As a subquery of IN, PostgreSQL may look for them once more for each row of the table, and then passes over those that
 * it has changed already, so that the batch has no end.
 */
export const batchOf = (table: string, key: string, condition: string) => `
  WITH due AS MATERIALIZED (SELECT ${key} AS key FROM ${table} WHERE ${condition} LIMIT @limit {skip locked})`
