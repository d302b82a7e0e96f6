import Database from 'better-sqlite3'

/** Which transaction of the store this is, told by a name that only its function uses. */
const transactionOf = (work: (...args: never[]) => unknown) => {
  const source = work.toString()
  if (source.includes('makeKeys')) return 'claim'
  if (source.includes('takeOver')) return 'record'
  if (source.includes('release')) return 'postpone'
  return source.includes('abandon(row') ? 'fail' : 'other'
}

type Work = (...args: unknown[]) => unknown
const prototype = Database.prototype as unknown as {
  transaction: (work: Work) => { immediate: Work }
}

/** Tells of the points of each transaction: before it, before its commit, after it. */
export function watchSqlite(reach: (point: string) => void) {
  const { transaction } = prototype
  prototype.transaction = function (this: unknown, work) {
    const name = transactionOf(work)
    const real = transaction.call(this, (...args) => {
      const result = work(...args)
      reach(`${name}:uncommitted`)
      return result
    })
    return {
      immediate: (...args) => {
        reach(`${name}:before`)
        const result = real.immediate(...args)
        reach(`${name}:committed`)
        return result
      },
    }
  }
}
