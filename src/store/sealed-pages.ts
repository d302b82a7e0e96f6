import { setImmediate } from 'node:timers/promises'
import type { SealedColumn, Store } from './port.ts'

/** Values per page: small enough that a writer of the running service never waits for long. */
const PAGE = 200

/** Walks through the sealed values of a column, page by page, but for those that begin with a prefix of `but`. */
export async function* sealedPages(
  { sealedValues }: Pick<Store, 'sealedValues'>,
  column: SealedColumn,
  but: readonly string[] = [],
): AsyncGenerator<readonly { row: string; sealed: string }[]> {
  let after: string | null = null
  for (;;) {
    const page: { row: string; sealed: string }[] = await sealedValues.page(column, {
      ...{ but, after, limit: PAGE },
    })
    const last = page.at(-1)
    if (!last) return
    yield page
    // Others of this process have to be served, too: an engine may read a page without ever waiting.
    await setImmediate()
    after = last.row
  }
}
