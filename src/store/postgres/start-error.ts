import pg from 'pg'
import type { ErrorDetail } from '../../shared/app-error.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'
import { codeOf, isEnvironment } from './guarded.ts'
import { isSessionLost, keepsNone } from './keeps-sessions.ts'
import { lineFaultOf } from './line-faults.ts'
import { refusalOf } from './refusals.ts'

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
  if (root instanceof pg.DatabaseError) return saidByServer(root, detail.code, url)
  const code = codeOf(root)
  const fault = root instanceof Error ? lineFaultOf(root) : undefined
  if (!fault && !isEnvironment(root)) return new StoreUnusable(message, detail)
  const { says, hint, passes } = fault ?? UNREACHABLE
  const told = withReason(says, code)
  return passes
    ? new StoreUnavailable(told, { code: 'database_unreachable', hint, cause: root })
    : new StoreUnusable(told, { code: detail.code, hint, cause: root })
}

const UNREACHABLE = {
  says: 'The PostgreSQL server cannot be reached',
  hint: 'Start again when the server of DATABASE_URL answers, and the pooler before it has a connection left.',
  passes: true,
} as const

function saidByServer(cause: pg.DatabaseError, code: string, url: string) {
  if (isSessionLost(cause)) return keepsNone(StoreUnusable, cause)
  const sqlState = codeOf(cause)
  const { says, hint, passes, quotesRows } = refusalOf(sqlState, cause.message)
  const told = withReason(says, sqlState, quotesRows ? undefined : wordsOf(cause.message, url))
  return passes
    ? new StoreUnavailable(told, { code: 'storage_unavailable', hint, cause })
    : new StoreUnusable(told, { code, hint, cause })
}

const withReason = (message: string, code: string, words?: string) =>
  code === '' ? message : `${message} (${words === undefined ? code : `${code}: ${words}`})`

const LONGEST = 200

/** Those of a refusal are about the connection, never about a row. In one line, and without the password. */
export function wordsOf(message: string, url: string): string {
  return passwordsIn(url)
    .reduce((text, secret) => text.replaceAll(secret, '…'), message)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .slice(0, LONGEST)
}

/** As it is written and as it is meant, before the host and among the parameters. An address of a socket has no host, and is no URL to Node. */
function passwordsIn(url: string): string[] {
  const written = [/^\w+:\/\/[^:@/]*:(.*)@/.exec(url)?.[1], /[?&]password=([^&]*)/.exec(url)?.[1]]
  return written
    .filter((password) => password !== undefined && password !== '')
    .flatMap((password = '') => [password, meant(password)])
}

function meant(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}
