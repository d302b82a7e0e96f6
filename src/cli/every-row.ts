const PAGE = 1000

/** All rows of a list that the store gives page by page, in its order. */
export async function everyRow<Row extends { number: number }>(
  read: (page: { after: number; limit: number }) => Promise<Row[]>,
): Promise<Row[]> {
  const all: Row[] = []
  for (;;) {
    const page = await read({ after: all.at(-1)?.number ?? 0, limit: PAGE })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
