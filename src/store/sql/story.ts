import { LEFT_OUT } from '../support.ts'

/** Characters, some dozens of steps: nobody can make a row grow without end. The latest stay. */
const MOST = 2000

/** Sets of a row of `attempts` or `exchanges` what has happened to it, in the statement that makes it happen. SQL expressions. */
export const tells = (step: string, code = 'NULL'): string => `
    steps = CASE WHEN length(steps) > ${MOST} THEN '${LEFT_OUT}' || substr(steps, ${MOST / 2}) ELSE steps END || ${line(step, code)}`

/** One step as it is kept: see `toSteps`. */
export const line = (step: string, code = 'NULL'): string =>
  `CAST(CAST({now} AS bigint) AS text) || ' ' || ${text(step)} || coalesce(' ' || ${text(code)}, '') || ';'`

const text = (expression: string) => `CAST(${expression} AS text)`
