/** Which operation of the store a statement belongs to, told by the text that only it has, on both engines. */
const TELLING: readonly [statement: RegExp, operation: string][] = [
  [/INSERT INTO exchanges/, 'claim'],
  [/UPDATE exchanges SET status = 'connected'/, 'record'],
  [/UPDATE exchanges SET status = 'failed', reason = CAST/, 'fail'],
  [/INSERT INTO audit[^]*'connection.disconnected'/, 'disconnect'],
  [/UPDATE exchanges SET in_flight = 0, maybe_answered = CASE/, 'postpone'],
  [/UPDATE deliveries SET[^]*tries = tries \+ 1/, 'take'],
  [/UPDATE deliveries SET[^]*body_sealed = CASE/, 'end'],
  [/UPDATE deliveries SET[^]*refused_since = coalesce/, 'refuse'],
]

export const operationOf = (text: string): string | undefined =>
  TELLING.find(([statement]) => statement.test(text))?.[1]

/** Every point that there is; a statement alone is a transaction, too, and has no point before its commit. */
export const POINTS: readonly string[] = [
  ...TELLING.flatMap(([, name]) => [`${name}:before`, `${name}:uncommitted`, `${name}:committed`]),
  ...['sent', 'before', 'answering', 'answered'].flatMap((point) => [`call:${point}`, `post:${point}`]),
].filter((point) => point !== 'postpone:uncommitted')
