import type { Store, Upload, UploadReject } from '../../store/port.ts'
import { wasSent } from '../../upload/rules/rule.ts'
import { printable } from '../../shared/printable.ts'
import { everyRow } from '../every-row.ts'
import { print, table, type OutputOptions } from '../output.ts'

/** What could not be sent, or not whole: kind, id, reason. Names and phones are not kept. */
export async function listRejects(
  store: Store,
  { generationId, steps }: Upload,
  output: OutputOptions,
): Promise<void> {
  const rows = await everyRow((page) => store.uploads.rejects(generationId, page))
  const all = rows.map(({ kind, rowId, position, reason }) => ({ kind, rowId, position, reason }))
  print(all, output, (rejects) => words(rejects, unlistedOf(steps, rejects)))
}

/** The store keeps only so many; the steps count them all, and only rows that were not sent at all. */
const unlistedOf = (steps: Upload['steps'], listed: readonly UploadReject[]): number =>
  steps.reduce((sum, { rejected }) => sum + rejected, 0) - listed.filter((one) => !wasSent(one)).length

function words(rejects: readonly UploadReject[], unlisted: number): string {
  const more = unlisted > 0 ? [`… and ${unlisted} more, which were counted but not kept.`] : []
  if (rejects.length === 0 && more.length === 0) return 'Nothing was rejected.'
  const rows = rejects.map(({ kind, rowId, position, reason }) => [
    ...[kind, rowId === null ? '-' : printable(rowId), String(position), printable(reason)],
  ])
  return [table(['KIND', 'ID', 'ROW', 'REASON'], rows), ...more].join('\n')
}
