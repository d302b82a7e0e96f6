import pg from 'pg'
import type { ErrorDetail } from '../../shared/app-error.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'
import { codeOf, isEnvironment } from './guarded.ts'
import { isSessionLost, keepsNone } from './keeps-sessions.ts'
import { READ_ONLY_HINT } from './writable.ts'

/** What does not pass, by the class of what the server says or the pooler before it, and how it is mended. */
const MENDED: readonly (readonly [RegExp, string])[] = [
  [/^28/, 'Check the name and the password in DATABASE_URL, and what pg_hba.conf of the server allows.'],
  [/^3D/, 'Create the database that DATABASE_URL names, or correct its name.'],
  [
    /^42501/,
    'Give the role in DATABASE_URL the right that it lacks. wauth migrate makes and changes tables: it needs CREATE on the schema, and the tables to be its own. The service needs SELECT, INSERT, UPDATE and DELETE on them.',
  ],
  [/^25006/, READ_ONLY_HINT],
  [
    /^08P01/,
    'The server, or the pooler before it, does not take this connection: take what it names out of DATABASE_URL, or allow it there (PgBouncer: [databases], auth_file, ignore_startup_parameters).',
  ],
]

/** PgBouncer has one class for all that it says. These of its words tell of a moment: no place, no server behind it. */
const PASSING =
  /^(?!unsupported).*(max_\w*conn|timeout|login has been failing|cannot connect|conn crashed|shut|suspend|exhaust)/i

/** The driver's and Node's own words for a TLS that does not come about. */
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO|does not support SSL/

const TLS_HINT =
  'The TLS that DATABASE_URL asks for does not come about: check its sslmode and sslrootcert, and the certificate of the server.'

/** Where nothing better is known. */
export const CHECK_ADDRESS =
  'Check the name, user and password in DATABASE_URL, and that it names the database of this service.'

/** Why the database could not be opened: a server that is away, which passes, or a set-up that somebody has to mend. */
export function startError(
  message: string,
  detail: ErrorDetail,
  url: string,
): StoreUnavailable | StoreUnusable {
  const { cause } = detail
  if (cause instanceof StoreUnusable) return cause
  const root = cause instanceof StoreUnavailable ? (cause.cause ?? cause) : cause
  if (root instanceof StoreUnavailable) return root
  if (root instanceof pg.DatabaseError) return saidByServer(message, { ...detail, cause: root }, url)
  const code = codeOf(root)
  if (root instanceof Error && TLS.test(`${code} ${root.message}`))
    return new StoreUnusable(withReason(message, code), { ...detail, hint: TLS_HINT })
  if (!isEnvironment(root)) return new StoreUnusable(message, detail)
  const silent = root instanceof Error && /time-?out/i.test(root.message)
  return new StoreUnavailable(silent ? SILENT : withReason('The PostgreSQL server cannot be reached', code), {
    code: 'database_unreachable',
    hint: 'Start again when the server of DATABASE_URL answers, and the pooler before it has a connection left.',
    cause: root,
  })
}

const SILENT = 'The PostgreSQL server, or the pooler before it, does not answer in time'

function saidByServer(message: string, detail: ErrorDetail & { cause: pg.DatabaseError }, url: string) {
  const { cause: error } = detail
  const code = codeOf(error)
  if (isSessionLost(error)) return keepsNone(StoreUnusable, error)
  const [, hint] = MENDED.find(([codes]) => codes.test(code)) ?? []
  if (hint !== undefined && !(code === '08P01' && PASSING.test(error.message)))
    return new StoreUnusable(withReason(message, code, wordsOf(error.message, url)), { ...detail, hint })
  if (!isEnvironment(error)) return new StoreUnusable(withReason(message, code), detail)
  return new StoreUnavailable(
    withReason('The PostgreSQL server cannot do it now', code, wordsOf(error.message, url)),
    {
      code: 'storage_unavailable',
      hint: 'Start again when the server of DATABASE_URL, or the pooler before it, has a place and serves.',
      cause: error,
    },
  )
}

const withReason = (message: string, code: string, words?: string) =>
  code === '' ? message : `${message} (${words === undefined ? code : `${code}: ${words}`})`

const LONGEST = 200

/** Those of a refusal are about the connection, never about a row. In one line, and without the password. */
export function wordsOf(message: string, url: string): string {
  const { password, searchParams } = new URL(url)
  const secrets = [password, decodeURIComponent(password), searchParams.get('password') ?? '']
  return secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '…'), message)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .slice(0, LONGEST)
}
