import { createExportSource } from '../../crm/export/source.ts'
import type { CrmSource, PageOutcome, SourceKind } from '../../crm/port.ts'
import { judge } from '../../upload/rules/rule.ts'
import { RULES } from '../../upload/rules/table.ts'
import { failure, pass, skip, warning, type Check, type Finding } from './check.ts'

const KINDS: readonly SourceKind[] = ['users', 'pipelines', 'contacts', 'deals']

/** Reads the first page of every kind as the upload does, and judges the rows as it would. Nothing is sent. */
export const crmExport: Check = {
  name: 'crm-export',
  title: 'CRM_EXPORT_URL',
  network: true,
  async run({ settings: { upload }, account: named, inspection, clock }) {
    if (!upload) return skip('not set: nothing is loaded into Wazzup after a connect')
    const found = named === null ? await inspection() : null
    const account = named ?? (found?.kind === 'found' ? found.account : null)
    if (account === null) {
      return warning(
        'not tried: no CRM account is connected yet to ask for',
        'Name one of your own: wauth check --account ID',
      )
    }
    const token = () => upload.exportToken.reveal()
    const source = createExportSource({ url: upload.exportUrl, token, clock })
    const tried = await Promise.all(KINDS.map((kind) => tryKind(kind, account, source))).finally(() =>
      source.close(),
    )
    const wrong =
      tried.find(({ status }) => status === 'failure') ?? tried.find(({ status }) => status !== 'pass')
    return (
      wrong ?? pass(`all kinds as the upload wants them; of «${account}» on the first pages: ${said(tried)}`)
    )
  },
}

const said = (findings: readonly Finding[]) => findings.map(({ says }) => says).join(', ')

async function tryKind(kind: SourceKind, account: string, source: CrmSource): Promise<Finding> {
  const outcome = await source.page({ kind, crmAccountId: account, cursor: null })
  if (outcome.kind !== 'page') return noPage(kind, outcome)
  const { items } = outcome.page
  if (kind === 'users' && items.length === 0) {
    return warning(`your export knows no users of «${account}»`, 'Check that this is an account of your CRM.')
  }
  const reasons = items
    .map((item) => judge(item, RULES[kind]))
    .flatMap((judged) => (judged.kind === 'reject' ? [judged.reason] : judged.leftOut))
  const [first] = reasons
  return first === undefined
    ? pass(`${items.length} ${kind}`)
    : warning(
        `${reasons.length} of ${items.length} ${kind} on the first page cannot be sent as they are: ${[...new Set(reasons)].join(', ')}`,
        'Each reason is explained in the README, "The export endpoint".',
      )
}

type NoPage = Exclude<PageOutcome, { kind: 'page' }>

/** What is wrong, in words that name the kind, and how to mend it. */
function noPage(kind: SourceKind, { code, status }: NoPage): Finding {
  const route = `GET …/${kind}?account=ID`
  if (status === 401 || status === 403) {
    return failure(
      `your export refuses CRM_EXPORT_TOKEN for the ${kind} (${status})`,
      'Give both sides the same token.',
    )
  }
  switch (code) {
    case 'export_out_of_reach':
      return failure(
        `your export cannot be reached for the ${kind}`,
        'Start it where this machine can reach it; check CRM_EXPORT_URL.',
      )
    case 'export_too_slow':
      return failure(
        `your export takes longer than 30 s for a page of ${kind}`,
        'Answer with smaller pages; some hundreds of rows do well.',
      )
    case 'export_page_too_large':
      return failure(
        `your export answers with more than 10 MB for a page of ${kind}`,
        'Answer with smaller pages; some hundreds of rows do well.',
      )
    case 'export_malformed':
      return failure(
        `your export answers in another shape for the ${kind}`,
        'It must be { "items": […], "next": "cursor" or null }, as in the README, "The export endpoint".',
      )
    default:
      return failure(
        `your export answers ${status ?? 'nothing'} for the ${kind}`,
        `It must answer 200 to ${route}; for a kind that you do not have, with { "items": [], "next": null }.`,
      )
  }
}
