import type { Client } from 'pg'
import { COPIED } from './dump.ts'

/** Every table that migrations make. */
const MADE = [...COPIED.map(({ name }) => name), 'health_writes', 'changes', 'epochs', 'lookups']

/** A table, or a function of its triggers: migrations make all of them. */
interface Thing {
  kind: 'TABLE' | 'FUNCTION'
  name: string
  /** Fit to stand in SQL. */
  owner: string
}

/** Whose the tables are, and what others may do with them. */
export interface Rights {
  things: Thing[]
  grants: string[]
}

const THINGS = `
  SELECT DISTINCT kind, name, quote_ident(pg_get_userbyid(owner)) AS owner
  FROM pg_class
  LEFT JOIN pg_trigger ON tgrelid = pg_class.oid AND NOT tgisinternal
  LEFT JOIN pg_proc ON pg_proc.oid = tgfoid,
  LATERAL (VALUES
    ('TABLE', pg_class.oid::regclass::text, relowner),
    ('FUNCTION', pg_proc.oid::regprocedure::text, proowner)) AS thing (kind, name, owner)
  WHERE name IS NOT NULL AND pg_class.oid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)`

/** On the tables, on their columns, and on the sequences that count for them. */
const GRANTS = `
  WITH made AS (SELECT to_regclass(name) AS oid FROM unnest($1::text[]) AS name),
  given (kind, place, owner, part, acl) AS (
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid, relowner, '', relacl FROM pg_class
    WHERE oid IN (SELECT oid FROM made) OR relkind = 'S' AND oid IN (
      SELECT objid FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
        AND refobjid IN (SELECT oid FROM made) AND deptype IN ('a', 'i'))
    UNION ALL
    SELECT 'TABLE', attrelid, relowner, format(' (%I)', attname), attacl
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attrelid IN (SELECT oid FROM made) AND NOT attisdropped)
  SELECT format('GRANT %s%s ON %s %s TO %s%s', privilege_type, part, kind, place::regclass,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS order
  FROM given, aclexplode(acl) WHERE grantee <> owner`

const thingsIn = async (client: Client) => (await client.query<Thing>(THINGS, [MADE])).rows

/** Read before the tables are made once more. */
export async function rightsIn(client: Client): Promise<Rights> {
  const { rows } = await client.query<{ order: string }>(GRANTS, [MADE])
  return { things: await thingsIn(client), grants: rows.map(({ order }) => order) }
}

/** Takes the tables away, with the functions of their triggers. */
export async function dropTables(client: Client, { things }: Rights): Promise<void> {
  for (const kind of ['TABLE', 'FUNCTION'] as const) {
    const names = things.filter((thing) => thing.kind === kind).map(({ name }) => name)
    if (names.length > 0) await client.query(`DROP ${kind} ${names.join(', ')}`)
  }
}

/** Who restores may be another role than the owner: a superuser, or a member of it. What is new belongs to who has the connections. */
export async function giveBack(client: Client, were: Rights): Promise<void> {
  const ownerOf = (name: string) => were.things.find((thing) => thing.name === name)?.owner
  for (const { kind, name, owner } of await thingsIn(client)) {
    const before = ownerOf(name) ?? ownerOf('connections') ?? owner
    if (before !== owner) await client.query(`ALTER ${kind} ${name} OWNER TO ${before}`)
  }
  for (const order of were.grants) await client.query(order)
}
