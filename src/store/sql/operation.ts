/**
 * One SQL text for both engines; `Row` is what it yields. Parameters are written `@name`. Where a dialect must differ there
 * is a word in braces, which each driver replaces: `{now}` is the database's own time in milliseconds, where several processes
 * share one, `{skip locked}` passes over rows that another replica has locked, `{index name}` names the index for a planner that
 * misses it, `{for update}` locks the rows that are found, `{each name}` is the list in the parameter `name`
 * as rows of one column, `value`. `{rows name a text, b bigint}` is the JSON text in the parameter `name`, an array of objects, as
 * rows called `given` of these columns.
 * Of changed connections: `{epoch}` is the name of a row of `epochs`, another one in every copy; `{seam}` the number from which on
 * some may not be seen yet; `{numbered here}` whether this server gave the number of a change.
 */
export interface Statement<Row> {
  text: string
  /** Never there: it only carries the type. */
  row?: Row
}

/** What an operation asks the database next. */
export interface Question {
  ask: 'one' | 'all' | 'run'
  statement: Statement<unknown>
  values: object
}

/** What an operation may ask of the process itself: by what the CRM is told what happens; null where it is told nothing. */
export interface TellerQuestion {
  ask: 'teller'
}

/** A rule of the store: it asks one question after another, decides in between, and ends in `T`. */
export type Steps<T> = Generator<Question | TellerQuestion, T, unknown>

/** The first row, if there is one. */
export function* one<Row>(statement: Statement<Row>, values: object = {}): Steps<Row | undefined> {
  return (yield { ask: 'one', statement, values }) as Row | undefined
}

/** All rows. */
export function* all<Row>(statement: Statement<Row>, values: object = {}): Steps<Row[]> {
  return (yield { ask: 'all', statement, values }) as Row[]
}

/** Resolves to how many rows it has touched. */
export function* run(statement: Statement<never>, values: object = {}): Steps<number> {
  return (yield { ask: 'run', statement, values }) as number
}

/**
 * How a driver runs an operation.
 * - `read`: it changes nothing, and works on a file that can only be read.
 * - `walk`: the same, through a whole table, which may take minutes. Not for what somebody waits for.
 * - `single`: each question is a transaction of its own.
 * - `again`: the same, each of which a power cut may undo, as the work is done again then.
 * - `repeatable`: one transaction, which a power cut may undo, as the work is done again then.
 * - `alone`: one transaction, and over all replicas one at a time of those that name a lock that it names, too: for what looks at
 *   several rows before it decides.
 */
export type Mode = 'read' | 'walk' | 'single' | 'again' | 'repeatable' | 'alone'

export interface Operation<A extends unknown[], T> {
  mode: Mode
  steps: (...args: A) => Steps<T>
  /** Only of one that is `alone`; asked before the locks are held, and once more when they are. */
  locks?: (about: A[0]) => Steps<string[]>
}

const marked =
  (mode: Mode) =>
  <A extends unknown[], T>(steps: (...args: A) => Steps<T>): Operation<A, T> => ({ mode, steps })

export const read = marked('read')
export const walk = marked('walk')
export const single = marked('single')
export const again = marked('again')
export const repeatable = marked('repeatable')

/** `locks`: the names of all that must not change while it decides. The first argument says what it is about. */
export const alone = <First, Rest extends unknown[], T>(
  locks: (about: NoInfer<First>) => Steps<string[]>,
  steps: (about: First, ...rest: Rest) => Steps<T>,
): Operation<[First, ...Rest], T> => ({ mode: 'alone', steps, locks })

/** Runs an operation on a database: what every driver is. A conflict may run it again, so it has no side effects. */
export type Run = <A extends unknown[], T>(operation: Operation<A, T>, ...args: A) => Promise<T>

/** Makes a statement. */
export const sql = <Row = never>(text: string): Statement<Row> => ({ text })
