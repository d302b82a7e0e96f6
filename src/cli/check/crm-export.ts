import { createExportSource } from '../../crm/export/source.ts'
import type { SourceKind } from '../../crm/port.ts'
import type { Clock } from '../../shared/clock.ts'
import { printable } from '../../shared/printable.ts'
import type { WayOut } from '../../config/way-out.ts'
import { failure, pass, skip, warning, type Check, type CheckContext, type Finding } from './check.ts'
import { tryDoors } from './crm-export-doors.ts'
import { noPage } from './crm-export-no-page.ts'
import { firstPages, type FirstPages } from './crm-export-pages.ts'
import { countPhones, type PhoneCounts } from './crm-export-phones.ts'
import { rowFindings } from './crm-export-rows.ts'

const KINDS: readonly SourceKind[] = ['users', 'pipelines', 'contacts', 'deals']

/**
 * Reads the first pages of every kind as the upload does, judges the rows as it would, and tries whether others are kept
 * out. Nothing is sent.
 */
export const crmExport: Check<Finding> = {
  name: 'crm-export',
  title: 'CRM_EXPORT_URL',
  network: true,
  async run({ settings: { upload, wayOut }, account: named, inspection, clock }) {
    if (!upload) return skip('not set: nothing is loaded into Wazzup after a connect')
    const found = named === null ? await inspection() : null
    const account = named ?? (found?.kind === 'found' ? found.account : null)
    if (account === null) {
      return warning(
        'not tried: no CRM account is connected yet to ask for',
        'Name one of your own: wauth check --account ID',
      )
    }
    return tryExport(account, upload, { clock, wayOut })
  },
}

type Upload = NonNullable<CheckContext['settings']['upload']>

async function tryExport(
  account: string,
  { exportUrl: url, exportToken, country }: Upload,
  { clock, wayOut }: { clock: Clock; wayOut: WayOut },
): Promise<Finding> {
  const open = (token: string | null) => createExportSource({ url, token: () => token, clock, wayOut })
  const doors = {
    source: open(exportToken.reveal()),
    wrongToken: open('not-the-token-of-this-export'),
    noToken: open(null),
  }
  try {
    const read = await Promise.all(KINDS.map((kind) => firstPages(kind, account, doors.source)))
    const given = read.filter(({ pages }) => pages.length > 0).map(({ kind }) => kind)
    const phones = countPhones(country)
    const findings = [
      ...read.flatMap((one) => judgePages(one, { account, phones })),
      ...phones.findings(),
      ...(await tryDoors(given, account, doors)),
    ]
    return findings.length > 0
      ? together(findings)
      : pass(
          `all kinds as the upload wants them; of «${printable(account)}» on the first pages: ${counted(read)}${phones.ofHome()}`,
        )
  } finally {
    await Promise.all(Object.values(doors).map((source) => source.close()))
  }
}

const counted = (read: readonly FirstPages[]) =>
  read.map(({ kind, pages }) => `${pages.flatMap(({ items }) => items).length} ${kind}`).join(', ')

/** One line of all of them, the failures first. */
function together(findings: readonly Finding[]): Finding {
  const failures = findings.filter(({ status }) => status === 'failure')
  const sorted = [...failures, ...findings.filter(({ status }) => status !== 'failure')]
  const hints = new Set(sorted.flatMap(({ next }) => next ?? []))
  const tell = failures.length > 0 ? failure : warning
  return tell(ofSeveralKinds(sorted.map(({ says }) => says)).join('; '), ofSeveralKinds([...hints]).join(' '))
}

/** The last kind that a sentence names is the one that it is about. */
const ABOUT = new RegExp(`(.*)\\b(${KINDS.join('|')})\\b(.*)`, 's')

/** Sentences that are the same but for the kind that they are about become one, which names all of those. */
function ofSeveralKinds(sentences: readonly string[]): string[] {
  const groups = Map.groupBy(sentences, (says) => says.replace(ABOUT, '$1\u0000$3'))
  return [...groups].map(([rest, all]) =>
    rest.replace('\u0000', all.map((says) => ABOUT.exec(says)?.[2] ?? '').join(', ')),
  )
}

interface Terms {
  account: string
  phones: PhoneCounts
}

function judgePages(
  { kind, pages, broken, loops, repeats }: FirstPages,
  { account, phones }: Terms,
): Finding[] {
  const items = pages.flatMap((page) => page.items)
  const findings = rowFindings(kind, items, phones)
  if (broken) findings.unshift(noPage(kind, broken, pages.length + 1))
  if (loops) findings.unshift(failure(`a cursor of the ${kind} leads back to a page before`, CURSOR_HINT))
  else if (repeats)
    findings.unshift(failure(`the ${kind} of the first page come again on another`, CURSOR_HINT))
  if (kind === 'users' && items.length === 0 && !broken) {
    const says = `your export knows no users of «${printable(account)}»`
    findings.push(warning(says, 'Check that this is an account of your CRM.'))
  }
  return findings
}

const CURSOR_HINT = '`next` must lead to the rows behind those of its page, and be null after the last.'
