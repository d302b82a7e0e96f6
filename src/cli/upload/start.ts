import { Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import { systemClock } from '../../shared/clock.ts'
import { startUpload, type Started } from '../../upload/start.ts'
import { print, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { unknownConnection } from '../unknown-connection.ts'
import { withStore } from '../with-store.ts'

interface Options extends OutputOptions {
  webhooksOnly?: true
}

export const startCommand = () =>
  new Command('start')
    .description('Queue an upload from the beginning. A running service takes it within a second or two.')
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--webhooks-only', 'only register the webhooks address again')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth upload start acme\n  wauth upload start acme --webhooks-only\n',
    )
    .action(action(start))

const start = (crmAccountId: string, { webhooksOnly, ...output }: Options) =>
  withStore(async (store, { upload: source, webhooksUrl }) => {
    const deps = { store, source, webhooksUrl, clock: systemClock }
    const started = await startUpload(crmAccountId, { webhooksOnly: webhooksOnly === true }, deps)
    if (started.kind !== 'started') throw refusal(started.kind)
    print(
      { status: 'waiting' },
      output,
      () => `Queued. Watch it: wauth upload status ${crmAccountId} --watch`,
    )
  })

function refusal(kind: Exclude<Started['kind'], 'started'>): AppError {
  if (kind === 'unknown') return unknownConnection()
  if (kind === 'not_connected') {
    return new AppError('This CRM account is disconnected, or Wazzup refuses its apiKey', {
      code: 'not_connected',
      hint: 'Look at it: wauth connections show <crmAccountId>. The customer can connect again.',
    })
  }
  return new AppError('There is nothing to upload', {
    code: 'nothing_to_upload',
    hint: 'Set CRM_EXPORT_URL with CRM_EXPORT_TOKEN, or WEBHOOKS_URL.',
  })
}
