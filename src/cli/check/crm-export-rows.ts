import type { SourceKind } from '../../crm/port.ts'
import { idOf, judge } from '../../upload/rules/rule.ts'
import { RULES } from '../../upload/rules/table.ts'
import { printable } from '../../shared/printable.ts'
import { warning, type Finding } from './check.ts'
import type { PhoneCounts } from './crm-export-phones.ts'

const MOST_ROWS = 5

/** The rows that the upload would reject, or send without a part; the first few by their ids. Counts their phones. */
export function rowFindings(kind: SourceKind, items: readonly unknown[], phones: PhoneCounts): Finding[] {
  const wrong = items.flatMap((item, index) => {
    const name = rowName(item, index, phones)
    const judged = judge(item, RULES[kind], phones.readerFor(`${kind}: ${name}`))
    const reasons = judged.kind === 'reject' ? [judged.reason] : judged.leftOut
    return reasons.length === 0 ? [] : [`${reasons.join(', ')} (${name})`]
  })
  if (wrong.length === 0) return []
  const more = wrong.length > MOST_ROWS ? `, and ${wrong.length - MOST_ROWS} more` : ''
  return [
    warning(
      `${wrong.length} of ${items.length} ${kind} on the first pages cannot be sent as they are: ${wrong.slice(0, MOST_ROWS).join(', ')}${more}`,
      'Each reason is explained in docs/upload.md, «Rejects».',
    ),
  ]
}

/** Its id, unless that is a phone. */
function rowName(item: unknown, index: number, phones: PhoneCounts): string {
  const id = typeof item === 'object' && item !== null && 'id' in item ? idOf(item.id) : null
  return id === null || phones.isPhone(id) ? `row ${index + 1}` : `«${printable(id)}»`
}
