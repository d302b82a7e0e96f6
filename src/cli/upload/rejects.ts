import type { Store, Upload, UploadReject } from '../../store/port.ts'
import { print, table, type OutputOptions } from '../output.ts'

const PAGE = 1000

/** What could not be sent, or not whole: kind, id, reason. Names and phones are not kept. */
export async function listRejects(
  store: Store,
  { generationId }: Upload,
  output: OutputOptions,
): Promise<void> {
  const all: UploadReject[] = []
  let after = 0
  for (;;) {
    const page = await store.uploads.rejects(generationId, { after, limit: PAGE })
    all.push(...page.map(({ kind, rowId, position, reason }) => ({ kind, rowId, position, reason })))
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = last.number
  }
  print(all, output, (rejects) =>
    rejects.length === 0
      ? 'Nothing was rejected.'
      : table(
          ['KIND', 'ID', 'ROW', 'REASON'],
          rejects.map(({ kind, rowId, position, reason }) => [kind, rowId ?? '-', String(position), reason]),
        ),
  )
}
