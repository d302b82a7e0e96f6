import type { PageOutcome, SourceKind } from '../../crm/port.ts'
import { troubleOf } from '../../upstream/connection-trouble.ts'
import { failure, type Finding } from './check.ts'

type NoPage = Exclude<PageOutcome, { kind: 'page' }>

/** What is wrong with page number `number`, in words that name the kind, and how to mend it. */
export function noPage(kind: SourceKind, missing: NoPage, number: number): Finding {
  const { code, status } = missing
  const of = number === 1 ? kind : `${kind}, page ${number}`
  const route = `GET …/${kind}?account=ID`
  if (status === 401 || status === 403) {
    return failure(
      `your export refuses CRM_EXPORT_TOKEN for the ${of} (${status})`,
      'Give both sides the same token.',
    )
  }
  switch (code) {
    case 'export_out_of_reach':
      return outOfReach(of, missing)
    case 'export_too_slow':
      return failure(
        `your export takes longer than 30 s for a page of ${of}`,
        'Answer with smaller pages; some hundreds of rows do well.',
      )
    case 'export_page_too_large':
      return failure(
        `your export answers with more than 10 MB, 50,000 rows or 20 levels for a page of ${of}`,
        'Answer with smaller pages; some hundreds of rows do well.',
      )
    case 'export_encoding':
      return failure(
        `your export answers in an encoding or a character set that cannot be read, for the ${of}`,
        'Send JSON in UTF-8, as it is or packed as Content-Encoding says: gzip or br.',
      )
    case 'export_malformed':
      return failure(
        `your export answers in another shape for the ${of}`,
        'It must be { "items": […], "next": "cursor" or null }, as in docs/upload.md, «The export endpoint».',
      )
    default:
      return failure(
        `your export answers ${status ?? 'nothing'} for the ${of}`,
        `It must answer 200 to ${route}; for a kind that you do not have, with { "items": [], "next": null }.`,
      )
  }
}

function outOfReach(of: string, missing: NoPage): Finding {
  const transport = missing.kind === 'unavailable' ? (missing.transport ?? '') : ''
  const trouble = troubleOf(transport)
  return failure(
    `your export cannot be reached for the ${of}${trouble ? `: ${trouble.says} (${transport})` : ''}`,
    trouble?.next ?? 'Start it where this machine can reach it; check CRM_EXPORT_URL.',
  )
}
