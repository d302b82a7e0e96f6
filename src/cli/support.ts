import { Command } from 'commander'
import { AppError } from '../shared/app-error.ts'
import { systemClock } from '../shared/clock.ts'
import { supportReport, type SupportReport } from '../support/report.ts'
import { planOf } from '../upload/plan.ts'
import { print, table, type OutputOptions } from './output.ts'
import { action } from './run-command.ts'
import { withStore } from './with-store.ts'

/** `wauth support`: what happened to the attempt whose support id a customer tells. */
export const supportCommand = () =>
  new Command('support')
    .argument('<supportId>', 'from the page: WA-XXXX-XXXX, in any case, with or without WA and its dashes')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  wauth support WA-7K3M-9Q2P\n  wauth support 7k3m9q2p --json\n')
    .action(action(tell))

const tell = (supportId: string, options: OutputOptions) =>
  withStore(async (store, settings) => {
    const plan = planOf({ source: settings.upload, webhooksUrl: settings.webhooksUrl })
    const report = await supportReport(supportId, { store, plan, clock: systemClock })
    if (!report) throw unknownSupportId()
    print(report, options, words)
  })

const unknownSupportId = () =>
  new AppError('Nothing is known under this support id', {
    code: 'unknown_support_id',
    hint: 'Compare it with the page. An attempt is kept for a day after its time is over, for an hour where no login has come to an end; connected accounts stay: wauth connections list',
  })

function words(report: SupportReport): string {
  const facts = factsOf(report).filter((fact): fact is [string, string] => fact[1] !== null)
  const steps = report.steps.map(({ at, step, code }) => [at.toISOString(), step, code ?? '-'])
  return [
    ...facts.map(([name, value]) => `${name.padEnd(24)}${value}`),
    '',
    ...(report.areStepsLeftOut ? ['Earlier steps are not kept any more.'] : []),
    table(['AT', 'STEP', 'CODE'], steps),
    '',
    ...report.advice.flatMap(({ about, cause, toDo }) => [
      `${about}${cause === '' ? '' : `: ${cause}`}`,
      `      → ${toDo}`,
    ]),
  ].join('\n')
}

const factsOf = (report: SupportReport): (readonly [string, string | null])[] => [
  ['Support id', report.supportId],
  ['The page says', withReason(report)],
  ['Login code', report.loginCode],
  ['CRM account', report.crmAccountId && `${report.crmAccountName ?? ''} (${report.crmAccountId})`],
  ['Wazzup account', report.wazzupAccountId && `${report.wazzupAccountId}, as the link says`],
  ['Exchange', exchangeOf(report.exchange)],
  ['Connection now', report.connection],
  ['Upload', report.upload && withReason(report.upload)],
  ['Steps kept until', report.keptUntil?.toISOString() ?? null],
]

const withReason = ({ status, reason }: { status: string; reason: string | null }) =>
  reason === null ? status : `${status}, ${reason}`

const exchangeOf = (exchange: SupportReport['exchange']) =>
  exchange && `${withReason(exchange)}; tries: ${exchange.tries}; generation: ${exchange.generation}`
